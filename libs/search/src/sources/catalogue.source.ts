import { Injectable } from '@nestjs/common';
import { Catalogue, CatalogueVectors } from '@app/catalogue';
import type { IndexSnapshot } from '../movie-index/movie-index.js';

/** Provides the bundled catalogue as an index. */
@Injectable()
export class CatalogueSource {
  constructor(
    private readonly catalogue: Catalogue,
    private readonly vectors: CatalogueVectors,
  ) {}

  /** Identifies the contents of the catalogue. */
  get hash(): string {
    return this.catalogue.hash.slice(0, 12);
  }

  /** The embedding model of the precomputed vectors. */
  get model(): string {
    return this.vectors.model;
  }

  /** Returns the catalogue with its precomputed vectors. All processes of a release return the same version. */
  snapshot(): IndexSnapshot {
    const { model, dimensions, values } = this.vectors.read();
    const movies = this.catalogue.movies.map((movie, row) => ({
      movie,
      vector: values.subarray(row * dimensions, (row + 1) * dimensions),
    }));
    return {
      version: `catalogue-${this.hash}`,
      source: 'catalogue',
      updatedAt: this.catalogue.updatedAt,
      model,
      dimensions,
      movies,
    };
  }
}
