import { type DynamicModule, Module, type ModuleMetadata, type Type } from '@nestjs/common';
import { MarqueeConfig } from '@app/config';
import { LocksModule } from '@app/locks';
import { LastKnownTrending } from './last-known-trending.js';
import { TrendingPublisher } from './trending-publisher.service.js';
import { TrendingRepository } from './trending.repository.js';
import { TrendingRestorer } from './trending-restorer.service.js';
import { TRENDING_SOURCE, type TrendingSource } from './trending-source.js';
import { TrendingService } from './trending.service.js';
import { ViewsTrendingSource } from './views/views-trending.source.js';
import { ViewsRepository } from './views/views.repository.js';
import { ViewsService } from './views/views.service.js';

/** Provides the daily and weekly charts. The app passes the feature that implements it. */
export interface ChartsSource {
  readonly source: string;
  trending(window: 'day' | 'week', count: number): Promise<readonly number[]>;
}

@Module({})
export class TrendingModule {
  /** @param charts the provider of a `ChartsSource`, exported by one of `imports` */
  static register(imports: ModuleMetadata['imports'], charts: symbol | Type<ChartsSource>): DynamicModule {
    return {
      module: TrendingModule,
      imports: [LocksModule, ...(imports ?? [])],
      providers: [
        LastKnownTrending,
        TrendingPublisher,
        TrendingRepository,
        TrendingRestorer,
        TrendingService,
        ViewsRepository,
        ViewsService,
        { provide: TRENDING_SOURCE, useFactory: sourceOf, inject: [MarqueeConfig, ViewsRepository, charts] },
      ],
      exports: [TRENDING_SOURCE, TrendingPublisher, TrendingRepository, TrendingService, ViewsService],
    };
  }
}

function sourceOf({ trending }: MarqueeConfig, views: ViewsRepository, charts: ChartsSource): TrendingSource {
  const { source: window, count } = trending;
  if (window === 'views') return new ViewsTrendingSource(views, count);
  return { name: `${charts.source} ${window}`, ranked: () => charts.trending(window, count) };
}
