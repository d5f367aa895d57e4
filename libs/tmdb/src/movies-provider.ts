import type { Tagged } from '@app/cache';

export interface MovieRequest {
  /** The ETag of the cached movie, to refresh it conditionally. */
  readonly etag?: string | undefined;
  /** A language that `languageOf` returned; undefined for the default. */
  readonly language?: string | undefined;
}

/** Loads movies that are not cached. */
export interface MoviesProvider {
  /** A human-readable description for the banner and logs. */
  readonly description: string;
  /** Part of every response, because movies of the catalogue are not TMDB's data. */
  readonly source: 'tmdb' | 'catalogue';

  /**
   * Returns a movie's details as JSON in TMDB's format: undefined if the movie does not exist, null if it still matches the
   * ETag.
   *
   * @throws UpstreamError
   */
  movie(id: number, request?: MovieRequest): Promise<string | Tagged<string> | undefined | null>;

  /** Returns the language to request and cache, or undefined if it is the default. */
  languageOf(language: string | undefined): string | undefined;

  /** Returns at most `count` trending ids, most trending first. @throws UpstreamError */
  trending(window: 'day' | 'week', count: number): Promise<readonly number[]>;

  /** Returns the ids of movies that changed between two UTC dates (YYYY-MM-DD, inclusive). @throws UpstreamError */
  changes(from: string, to: string): AsyncIterable<readonly number[]>;
}

export const MOVIES_PROVIDER = Symbol('MoviesProvider');
