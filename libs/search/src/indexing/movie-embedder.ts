import { Injectable } from '@nestjs/common';
import { embeddingTexts, meanVector, type Movie } from '@app/catalogue';
import { EmbeddingsService } from '@app/embeddings';
import type { IndexedMovie } from '../movie-index/movie-index.js';

/** Creates the vectors of movies, in the model that searches use. They are not cached, because the index holds them. */
@Injectable()
export class MovieEmbedder {
  constructor(private readonly embeddings: EmbeddingsService) {}

  /** The model of the vectors. */
  get model(): string {
    return this.embeddings.models[0]?.id as string;
  }

  /** Returns the movies with their vectors, in order. @throws UpstreamError, InvalidEmbeddingsError, EmbeddingsOverloadedError */
  async embed(movies: readonly Movie[]): Promise<IndexedMovie[]> {
    const textsOfMovies = movies.map(embeddingTexts);
    const vectors = await this.embeddings.create(textsOfMovies.flat());
    let start = 0;
    return movies.map((movie, row) => {
      const end = start + (textsOfMovies[row] as string[]).length;
      const vector = meanVector(vectors.slice(start, end));
      start = end;
      return { movie, vector };
    });
  }
}
