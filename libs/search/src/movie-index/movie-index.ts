import type { Movie } from '@app/catalogue';
import type { Constraints } from './constraints.js';

/** One way in which a movie was retrieved. */
export interface Hit {
  /** 1 for the best of this retrieval. */
  readonly rank: number;
  /** Retrieval's own scale: BM25 for words, cosine similarity for meaning, 0 to 1 for titles. */
  readonly score: number;
}

export interface WordsHit extends Hit {
  /** Words of the query that the movie has, as the query has them. */
  readonly matched: readonly string[];
  /** Share of the query's words that the movie has, each weighted by how rare it is, from 0 to 1. */
  readonly coverage: number;
}

/** A movie that satisfies the constraints, with every way in which it was retrieved. */
export interface Candidate {
  readonly movie: Movie;
  readonly title?: Hit;
  readonly words?: WordsHit;
  readonly meaning?: Hit;
  /** By how widely it is known. */
  readonly known?: Hit;
}

export interface IndexQuery {
  readonly constraints: Constraints;
  /** Text that may be the title of a movie, compared as a whole and with tolerance for typos. */
  readonly titles: readonly string[];
  /** Text that is searched word by word. */
  readonly words: string;
  /** Unit-length vector that is compared with the movies' vectors. */
  readonly vector: Float32Array | undefined;
  /** How many movies each retrieval may contribute. */
  readonly depth: number;
}

export interface IndexAnswer {
  readonly candidates: readonly Candidate[];
  /** Movies that satisfy the constraints. */
  readonly matching: number;
  /** Share of the query's words that no movie of the index has, from 0 to 1. */
  readonly unknownWords: number;
}

/** A title or person for someone who is typing. */
export interface Suggestion {
  readonly kind: 'title' | 'person';
  readonly text: string;
  /** Of a title. */
  readonly movieId?: number;
  /** Of a title. */
  readonly year?: number;
}

/** Movies and their vectors, as `replace` and `upsert` take them. */
export interface IndexedMovie {
  readonly movie: Movie;
  /** Unit length; undefined while it is not embedded, which leaves the movie to the other retrievals. */
  readonly vector: Float32Array | undefined;
}

export interface IndexStats {
  /** Changes with every change of the contents. */
  readonly version: string;
  readonly movies: number;
  readonly source: 'catalogue' | 'tmdb' | 'import';
  readonly updatedAt: Date;
  /** Model of the vectors; undefined where there are none. */
  readonly model: string | undefined;
}

/**
 * Where movies are found. An adapter retrieves under constraints; how the results are ranked is decided above it, so
 * that all adapters rank alike. One contract suite runs on every adapter.
 */
export interface MovieIndex {
  search(query: IndexQuery): Promise<IndexAnswer>;
  /** Returns titles and people that begin with the prefix or nearly do, the best known first. */
  suggest(prefix: string, limit: number): Promise<readonly Suggestion[]>;
  get(ids: readonly number[]): Promise<readonly Movie[]>;
  vectorOf(id: number): Promise<Float32Array | undefined>;
  stats(): Promise<IndexStats>;
}

/** Injection token of the index that search reads. */
export const MOVIE_INDEX = Symbol('MOVIE_INDEX');
