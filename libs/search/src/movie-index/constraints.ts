import type { Movie } from '@app/catalogue';

/** A closed range; null leaves a side open. */
export interface Range<T = number> {
  readonly from: T | null;
  readonly to: T | null;
}

export type PersonRole = 'director' | 'actor' | 'writer' | 'any';

export interface PersonConstraint {
  readonly name: string;
  readonly role: PersonRole;
}

type Genre = Movie['genres'][number];
type Certification = NonNullable<Movie['certification']>;

/**
 * What a movie has to satisfy to be found at all. An adapter applies constraints before ranking, never after. A movie whose
 * value is unknown does not satisfy a constraint on it.
 */
export interface Constraints {
  /** Each of them took part. */
  readonly people: readonly PersonConstraint[];
  /** The movie has all of them. */
  readonly genres: readonly Genre[];
  readonly excludedGenres: readonly Genre[];
  readonly years: Range;
  /** ISO dates. */
  readonly released: Range<string>;
  readonly runtimeMinutes: Range;
  /** One of them; empty admits any. */
  readonly certifications: readonly Certification[];
  /** One of these original languages (ISO 639-1); empty admits any. */
  readonly languages: readonly string[];
  /** One of these countries of production (ISO 3166-1 alpha-2); empty admits any. */
  readonly countries: readonly string[];
  /** How many countries produced the movie. */
  readonly countryCount: Range;
  readonly minRating: number | null;
  readonly minVotes: number | null;
  /** US dollars. */
  readonly budget: Range;
  /** US dollars. */
  readonly revenue: Range;
  readonly excludedIds: ReadonlySet<number>;
}

export const noRange: Range<never> = { from: null, to: null };

/** Constraints that every movie satisfies. */
export const unconstrained: Constraints = {
  people: [],
  genres: [],
  excludedGenres: [],
  years: noRange,
  released: noRange,
  runtimeMinutes: noRange,
  certifications: [],
  languages: [],
  countries: [],
  countryCount: noRange,
  minRating: null,
  minVotes: null,
  budget: noRange,
  revenue: noRange,
  excludedIds: new Set(),
};
