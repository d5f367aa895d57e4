/** Where what trends comes from. */
export interface TrendingSource {
  /** Stands beside the set: "tmdb day", "catalogue day", "views". */
  readonly name: string;
  /** Ids, most trending first. @throws UpstreamError and what else a source may meet */
  ranked(): Promise<readonly number[]>;
}

/** Provided by the app. */
export const TRENDING_SOURCE = Symbol('TrendingSource');
