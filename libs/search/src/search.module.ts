import { type DynamicModule, Module } from '@nestjs/common';
import { CacheModule } from '@app/cache';
import { EmbeddingsModule } from '@app/embeddings';
import { QueryUnderstandingModule } from '@app/query-understanding';
import { IndexAdminService } from './indexing/index-admin.service.js';
import { IndexImporter } from './indexing/index-importer.js';
import { IndexLoader } from './indexing/index-loader.js';
import { IndexingModule } from './indexing/indexing.module.js';
import { MovieEmbedder } from './indexing/movie-embedder.js';
import { InProcessMovieIndex } from './in-process/in-process-movie-index.js';
import { MOVIE_INDEX } from './movie-index/movie-index.js';
import { SearchMetrics } from './search.metrics.js';
import { SearchRepository } from './search.repository.js';
import { SearchService } from './search.service.js';

@Module({})
export class SearchModule {
  /** @param trending the module that exports `TrendingService` */
  static register(trending: DynamicModule): DynamicModule {
    return {
      module: SearchModule,
      imports: [CacheModule, EmbeddingsModule, IndexingModule, QueryUnderstandingModule, trending],
      providers: [
        IndexAdminService,
        IndexImporter,
        IndexLoader,
        MovieEmbedder,
        SearchMetrics,
        SearchRepository,
        SearchService,
        InProcessMovieIndex,
        { provide: MOVIE_INDEX, useExisting: InProcessMovieIndex },
      ],
      exports: [IndexAdminService, IndexImporter, MOVIE_INDEX, SearchService],
    };
  }
}
