import { readFileSync } from 'node:fs';
import { Injectable } from '@nestjs/common';
import { Catalogue } from '../catalogue.js';
import { vectorsFile } from '../catalogue-files.js';
import { dequantize } from './quantize.js';
import { decodeVectorFile } from './vector-file.js';

/** A vector of unit length for each of `ids`, in the order of `ids`, one after the other. */
export interface MovieVectors {
  /** The embedding model, as `GET /v1/models` names it. Vectors of another model cannot be compared with these. */
  readonly model: string;
  readonly dimensions: number;
  /** Identifies the embedded texts: it changes when a movie's `embeddingTexts` do. */
  readonly textsHash: string;
  readonly ids: readonly number[];
  readonly values: Float32Array;
}

/** Provides the precomputed vectors of the bundled movies. */
@Injectable()
export class CatalogueVectors {
  private modelName: string | undefined;

  constructor(private readonly catalogue: Catalogue) {}

  /** The model that made the vectors. */
  get model(): string {
    this.modelName ??= decodeVectorFile(readFileSync(vectorsFile)).model;
    return this.modelName;
  }

  /**
   * Reads the vectors, in the order of the catalogue's movies. Every call reads the file again and returns 2 KB a movie;
   * nothing is retained.
   *
   * @example
   * const { ids, values, dimensions } = vectors.read();
   * const first = values.subarray(0, dimensions); // the vector of the movie ids[0]
   */
  read(): MovieVectors {
    const { model, dimensions, textsHash, levels } = decodeVectorFile(readFileSync(vectorsFile));
    return {
      model,
      dimensions,
      textsHash,
      ids: this.catalogue.movies.map(({ id }) => id),
      values: dequantize(levels, dimensions),
    };
  }
}
