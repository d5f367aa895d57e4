import type { Tagged } from '@app/cache';

export interface MovieRequest {
  /** Of the copy that is to be refreshed. */
  readonly etag?: string | undefined;
  /** As `languageOf` returned it; undefined for the default. */
  readonly language?: string | undefined;
}

/** Where movies come from when the cache has none. */
export interface MoviesProvider {
  /** For people: banner, logs. */
  readonly description: string;
  /** Told in every answer: the catalogue's films are not TMDB's data. */
  readonly source: 'tmdb' | 'catalogue';

  /**
   * A movie's details as JSON in TMDB's shape; undefined where there is none of this id, null where the ETag says that
   * nothing has changed.
   *
   * @throws UpstreamError
   */
  movie(id: number, request?: MovieRequest): Promise<string | Tagged<string> | undefined | null>;

  /** Returns the language to ask for and to cache by; undefined where the movie is the same in the default one. */
  languageOf(language: string | undefined): string | undefined;

  /** Ids of what trends, most first, at most `count`. @throws UpstreamError */
  trending(window: 'day' | 'week', count: number): Promise<readonly number[]>;

  /** Ids of what has changed on these UTC dates (YYYY-MM-DD), both included. @throws UpstreamError */
  changes(from: string, to: string): AsyncIterable<readonly number[]>;
}

export const MOVIES_PROVIDER = Symbol('MoviesProvider');
