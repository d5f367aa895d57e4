import { Inject, Injectable, Logger, type OnApplicationBootstrap } from '@nestjs/common';
import { Catalogue, CatalogueVectors } from '@app/catalogue';
import type { IndexSnapshot } from './movie-index/movie-index.js';
import { MOVIE_INDEX, type MovieIndex } from './movie-index/movie-index.js';

/** Loads the bundled catalogue into the index after the start. */
@Injectable()
export class SearchIndexLoader implements OnApplicationBootstrap {
  private readonly logger = new Logger('Search');

  constructor(
    @Inject(MOVIE_INDEX) private readonly index: MovieIndex,
    private readonly catalogue: Catalogue,
    private readonly vectors: CatalogueVectors,
  ) {}

  onApplicationBootstrap(): void {
    // Requests wait for the index from now on.
    void this.load();
  }

  private async load(): Promise<void> {
    try {
      await this.index.replace(this.bundled());
    } catch (error) {
      this.logger.error(`The bundled catalogue could not be indexed: ${(error as Error).message}`);
    }
  }

  private bundled(): IndexSnapshot {
    const { model, dimensions, values } = this.vectors.read();
    const movies = this.catalogue.movies.map((movie, row) => ({
      movie,
      vector: values.subarray(row * dimensions, (row + 1) * dimensions),
    }));
    return {
      version: `catalogue-${this.catalogue.hash.slice(0, 12)}`,
      source: 'catalogue',
      updatedAt: this.catalogue.updatedAt,
      model,
      dimensions,
      movies,
    };
  }
}
