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

/** What a movie has to satisfy to be found at all. An adapter applies it before ranking, never after. */
export interface Constraints {
  /** Every one of them took part. */
  readonly people: readonly PersonConstraint[];
  /** The movie has every one of them. */
  readonly genres: readonly Genre[];
  readonly excludedGenres: readonly Genre[];
  readonly years: Range;
  readonly runtimeMinutes: Range;
  /** One of them; empty admits any. */
  readonly certifications: readonly Certification[];
  /** One of these original languages (ISO 639-1); empty admits any. */
  readonly languages: readonly string[];
  readonly minRating: number | null;
  readonly excludedIds: ReadonlySet<number>;
}

export const noRange: Range<never> = { from: null, to: null };

/** Constraints that every movie satisfies. */
export const unconstrained: Constraints = {
  people: [],
  genres: [],
  excludedGenres: [],
  years: noRange,
  runtimeMinutes: noRange,
  certifications: [],
  languages: [],
  minRating: null,
  excludedIds: new Set(),
};
