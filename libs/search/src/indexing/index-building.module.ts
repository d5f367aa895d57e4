import { Module } from '@nestjs/common';
import { EmbeddingsModule } from '@app/embeddings';
import { TmdbModule } from '@app/tmdb';
import { BuildRepository } from './build.repository.js';
import { IndexBuilder } from './index-builder.js';
import { IndexingModule } from './indexing.module.js';
import { MovieEmbedder } from './movie-embedder.js';

/** Builds the index in the worker. */
@Module({
  imports: [EmbeddingsModule.onDemand(), IndexingModule, TmdbModule],
  providers: [BuildRepository, IndexBuilder, MovieEmbedder],
  exports: [IndexBuilder, IndexingModule],
})
export class IndexBuildingModule {}
