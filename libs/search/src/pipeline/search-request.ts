import type { Movie } from '@app/catalogue';

/** Explicit filters. They narrow what the words say, and win over it. */
export interface SearchFilters {
  readonly genres?: Movie['genres'] | undefined;
  readonly excludedGenres?: Movie['genres'] | undefined;
  /** Each of them took part, in any role. */
  readonly people?: readonly string[] | undefined;
  readonly yearFrom?: number | undefined;
  readonly yearTo?: number | undefined;
  readonly runtimeMin?: number | undefined;
  readonly runtimeMax?: number | undefined;
  /** One of them. */
  readonly certification?: readonly NonNullable<Movie['certification']>[] | undefined;
  /** The original language, ISO 639-1. */
  readonly language?: string | undefined;
  readonly minRating?: number | undefined;
}

/** What is searched for: everything that decides which movies are found, and in which order. */
export type SearchSubject =
  | {
      readonly kind: 'words';
      readonly query: string;
      readonly filters: SearchFilters;
      readonly exclude: readonly number[];
    }
  | { readonly kind: 'similar'; readonly movieId: number; readonly exclude: readonly number[] };
