import { type DynamicModule, Module } from '@nestjs/common';
import { APP_FILTER, APP_PIPE } from '@nestjs/core';
import { TerminusModule } from '@nestjs/terminus';
import { CacheModule } from '@app/cache';
import { MarqueeConfigModule } from '@app/config';
import { MetricsController, MetricsModule } from '@app/observability';
import { EmbeddingsModule } from '@app/embeddings';
import { QueryUnderstandingModule } from '@app/query-understanding';
import { RedisModule } from '@app/redis';
import { MOVIES_PROVIDER, TmdbModule } from '@app/tmdb';
import { TrendingModule } from '@app/trending';
import { CacheAdminController } from './admin/cache-admin.controller.js';
import { EmbeddingsController } from './embeddings/embeddings.controller.js';
import { HealthController } from './health/health.controller.js';

import { DrainService } from './http/drain.service.js';
import { MoviesController } from './movies/movies.controller.js';
import { QueryUnderstandingController } from './query-understanding/query-understanding.controller.js';
import { TrendingController } from './trending/trending.controller.js';
import { ProblemFilter } from './http/problem.filter.js';
import { SchemaPipe } from './http/schema.pipe.js';

@Module({})
export class ApiModule {
  /**
   * @param variables used instead of the process environment and `.env`
   * @throws ConfigurationError listing every fault
   */
  static async register(variables?: Record<string, string>): Promise<DynamicModule> {
    return {
      module: ApiModule,
      imports: [
        await MarqueeConfigModule.register(variables),
        MetricsModule,
        RedisModule,
        TerminusModule,
        CacheModule,
        EmbeddingsModule,
        QueryUnderstandingModule,
        TmdbModule,
        TrendingModule.register([TmdbModule], MOVIES_PROVIDER),
      ],
      controllers: [
        CacheAdminController,
        EmbeddingsController,
        HealthController,
        MetricsController,
        MoviesController,
        QueryUnderstandingController,
        TrendingController,
      ],
      providers: [
        DrainService,
        { provide: APP_FILTER, useClass: ProblemFilter },
        { provide: APP_PIPE, useClass: SchemaPipe },
      ],
    };
  }
}
