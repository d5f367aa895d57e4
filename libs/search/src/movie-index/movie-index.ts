import type { Movie } from '@app/catalogue';
import type { Constraints } from './constraints.js';

/** A movie's position in one retrieval. */
export interface Hit {
  /** 1 for the best of this retrieval. */
  readonly rank: number;
  /** On the retrieval's own scale: BM25 for words, cosine similarity for meaning, 0 to 1 for titles. */
  readonly score: number;
}

export interface WordsHit extends Hit {
  /** The words of the query that the movie contains, spelled as in the query. */
  readonly matched: readonly string[];
  /** The share of the query's words that the movie contains, from 0 to 1. Rare words weigh more. */
  readonly coverage: number;
}

/** A movie that satisfies the constraints, with its position in every retrieval that found it. */
export interface Candidate {
  readonly movie: Movie;
  readonly title?: Hit;
  readonly words?: WordsHit;
  readonly meaning?: Hit;
  /** Ordered by how widely movies are known. */
  readonly known?: Hit;
}

export interface IndexQuery {
  readonly constraints: Constraints;
  /** Texts that may be the title of a movie. They are compared as a whole, with tolerance for typos. */
  readonly titles: readonly string[];
  /** Text that is searched word by word. */
  readonly words: string;
  /** Compared with the movies' vectors. Unit length. */
  readonly vector: Float32Array | undefined;
  /** Maximum number of movies from each retrieval. */
  readonly depth: number;
}

export interface IndexAnswer {
  readonly candidates: readonly Candidate[];
  /** The number of movies that satisfy the constraints. */
  readonly matching: number;
  /** The share of the query's words that no movie of the index contains, from 0 to 1. */
  readonly unknownWords: number;
}

/** A title or a person that completes what a viewer is typing. */
export interface Suggestion {
  readonly kind: 'title' | 'person';
  readonly text: string;
  /** Present for a title. */
  readonly movieId?: number;
  /** Present for a title. */
  readonly year?: number;
}

/** A movie with its vector. */
export interface IndexedMovie {
  readonly movie: Movie;
  /** Unit length. A movie without a vector is found by its title, its words, and its facts. */
  readonly vector: Float32Array | undefined;
}

export const indexSources = ['catalogue', 'tmdb', 'import'] as const;
export type IndexSource = (typeof indexSources)[number];

/** What an index consists of, apart from its movies. */
export interface IndexDescription {
  /** Changes whenever the contents change. Part of the keys of cached results and of cursors. */
  readonly version: string;
  readonly source: IndexSource;
  readonly updatedAt: Date;
  /** The embedding model of the vectors; undefined if there are none. */
  readonly model: string | undefined;
  /** The length of the vectors; 0 if there are none. */
  readonly dimensions: number;
}

/** The whole contents of an index. */
export interface IndexSnapshot extends IndexDescription {
  readonly movies: readonly IndexedMovie[];
}

export interface IndexStats extends IndexDescription {
  readonly movies: number;
}

/**
 * Finds movies. An adapter retrieves movies that satisfy the constraints; ranking is decided above it, so that all adapters
 * rank alike. One contract suite runs against every adapter.
 */
export interface MovieIndex {
  /** Retrieves candidates by title, by words, by meaning, and by how well known they are. */
  search(query: IndexQuery): Promise<IndexAnswer>;
  /** Returns titles and people that begin with the prefix, or nearly do, the best known first. */
  suggest(prefix: string, limit: number): Promise<readonly Suggestion[]>;
  /** Returns the movies that exist, in the order of `ids`. */
  get(ids: readonly number[]): Promise<readonly Movie[]>;
  vectorOf(id: number): Promise<Float32Array | undefined>;
  /**
   * Replaces the contents at once. Searches see the old contents or the new, never a mixture, and wait for the first contents
   * from the time of this call.
   */
  replace(snapshot: IndexSnapshot | Promise<IndexSnapshot>): Promise<void>;
  /** Adds movies, and replaces those with the same ids. */
  upsert(movies: readonly IndexedMovie[], description: IndexDescription): Promise<void>;
  delete(ids: readonly number[], description: IndexDescription): Promise<void>;
  stats(): Promise<IndexStats>;
}

/** The injection token of the index that search reads. */
export const MOVIE_INDEX = Symbol('MOVIE_INDEX');
