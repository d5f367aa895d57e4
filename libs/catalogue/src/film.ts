/** A film of the bundled catalogue. What the dataset does not know is absent. */
export interface Film {
  /** Marquee's own, above 1,000,000,000: no TMDB id. */
  readonly id: number;
  readonly title: string;
  /** ISO 8601. */
  readonly releaseDate: string;
  readonly runtimeMinutes?: number;
  /** MPAA: G, PG, PG-13, R or NC-17. */
  readonly certification?: string;
  /** TMDB's English names. */
  readonly genres: readonly string[];
  readonly director?: string;
  /** US dollars. */
  readonly budget?: number;
  /** US dollars, worldwide. */
  readonly revenue?: number;
  /** IMDb's, of 10. */
  readonly voteAverage?: number;
  readonly voteCount?: number;
}
