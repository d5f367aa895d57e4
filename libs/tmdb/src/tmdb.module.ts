import { Module } from '@nestjs/common';
import { CacheModule } from '@app/cache';
import { Catalogue, CatalogueModule } from '@app/catalogue';
import { MarqueeConfig } from '@app/config';
import { CatalogueMoviesProvider } from './catalogue/catalogue-movies.provider.js';
import { MovieChangesService } from './movie-changes.service.js';
import { MOVIES_PROVIDER, type MoviesProvider } from './movies-provider.js';
import { MoviesService } from './movies.service.js';
import { TmdbMoviesProvider } from './tmdb/tmdb-movies.provider.js';
import { TMDB_CRAWLER, TmdbCrawler } from './tmdb/tmdb-crawler.js';
import { TmdbPace } from './tmdb/tmdb-pace.js';
import { TmdbRepository } from './tmdb.repository.js';

@Module({
  imports: [CacheModule, CatalogueModule],
  providers: [
    MovieChangesService,
    MoviesService,
    TmdbPace,
    TmdbRepository,
    {
      provide: TMDB_CRAWLER,
      useFactory: (config: MarqueeConfig, pace: TmdbPace): TmdbCrawler | undefined =>
        config.tmdb && new TmdbCrawler(config, config.tmdb, pace),
      inject: [MarqueeConfig, TmdbPace],
    },
    {
      provide: MOVIES_PROVIDER,
      useFactory: (config: MarqueeConfig, pace: TmdbPace, catalogue: Catalogue): MoviesProvider =>
        config.tmdb
          ? new TmdbMoviesProvider(config, config.tmdb, pace)
          : new CatalogueMoviesProvider(catalogue),
      inject: [MarqueeConfig, TmdbPace, Catalogue],
    },
  ],
  exports: [TMDB_CRAWLER, MOVIES_PROVIDER, MovieChangesService, MoviesService],
})
export class TmdbModule {}
