/** Provides the ids of the trending movies. */
export interface TrendingSource {
  /** Stored with the set: "tmdb day", "catalogue day" or "views". */
  readonly name: string;
  /** Returns ids, most trending first. @throws UpstreamError, TrendingUnavailableError */
  ranked(): Promise<readonly number[]>;
}

/** Injection token of the configured `TrendingSource`. */
export const TRENDING_SOURCE = Symbol('TrendingSource');
