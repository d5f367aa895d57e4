import type { Tagged } from '@app/cache';

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
  movie(id: number, etag?: string): Promise<string | Tagged<string> | undefined | null>;

  /** Ids of what trends, most first, at most `count`. @throws UpstreamError */
  trending(window: 'day' | 'week', count: number): Promise<readonly number[]>;

  /** Ids of what has changed on these UTC dates (YYYY-MM-DD), both included. @throws UpstreamError */
  changes(from: string, to: string): AsyncIterable<readonly number[]>;
}

export const MOVIES_PROVIDER = Symbol('MoviesProvider');
