import type { Movie } from '@app/catalogue';

/** Explicit filters: they narrow what the words say, and win over it. */
export interface SearchFilters {
  readonly genres?: Movie['genres'];
  readonly excludedGenres?: Movie['genres'];
  /** Every one of them took part, in any role. */
  readonly people?: readonly string[];
  readonly yearFrom?: number;
  readonly yearTo?: number;
  readonly runtimeMin?: number;
  readonly runtimeMax?: number;
  /** One of them. */
  readonly certification?: readonly NonNullable<Movie['certification']>[];
  /** Original language, ISO 639-1. */
  readonly language?: string;
  readonly minRating?: number;
}
