import { readFileSync } from 'node:fs';
import type { Movie } from '@app/catalogue';

/** What every result of a query has to satisfy. */
export interface Expected {
  readonly directors?: readonly string[];
  readonly actors?: readonly string[];
  /** In any role. */
  readonly people?: readonly string[];
  readonly genres?: readonly string[];
  readonly anyGenres?: readonly string[];
  readonly excludedGenres?: readonly string[];
  readonly yearFrom?: number;
  readonly yearTo?: number;
  readonly runtimeMin?: number;
  readonly runtimeMax?: number;
  readonly certifications?: readonly string[];
  readonly language?: string;
  readonly minRating?: number;
  /** How many results there have to be; 5 by default. */
  readonly min?: number;
}

/** A query with the movies that answer it, or with what its results have to satisfy. */
export interface SearchCase {
  readonly kind: string;
  readonly query: string;
  /** Movies as "Title (year)"; any of them is right. */
  readonly answers?: readonly string[];
  /** The movie that results should resemble, and that must not be found itself. */
  readonly like?: string;
  readonly expected?: Expected;
}

export const readCases = (file: string): SearchCase[] =>
  readFileSync(file, 'utf8')
    .split('\n')
    .filter(Boolean)
    .map((line) => JSON.parse(line) as SearchCase);

export const labelOf = ({ title, releaseDate }: Movie): string => `${title} (${releaseDate.slice(0, 4)})`;

const includesAll = (values: readonly string[], wanted: readonly string[] = []): boolean =>
  wanted.every((each) => values.includes(each));

/** Returns whether a movie satisfies everything that is expected of it. */
export function satisfies(movie: Movie, expected: Expected): boolean {
  const actors = movie.cast.map(({ name }) => name);
  const { genres, directors, writers = [], runtimeMinutes = 0 } = movie;
  const year = Number(movie.releaseDate.slice(0, 4));
  return (
    includesAll(directors, expected.directors) &&
    includesAll(actors, expected.actors) &&
    includesAll([...directors, ...writers, ...actors], expected.people) &&
    includesAll(genres, expected.genres) &&
    (expected.anyGenres ?? genres.slice(0, 1)).some((genre) =>
      genres.includes(genre as (typeof genres)[number]),
    ) &&
    !(expected.excludedGenres ?? []).some((genre) => genres.includes(genre as (typeof genres)[number])) &&
    year >= (expected.yearFrom ?? 0) &&
    year <= (expected.yearTo ?? Infinity) &&
    runtimeMinutes >= (expected.runtimeMin ?? 0) &&
    runtimeMinutes <= (expected.runtimeMax ?? Infinity) &&
    (expected.certifications ?? [movie.certification ?? '']).includes(movie.certification ?? '') &&
    (expected.language ?? movie.originalLanguage) === movie.originalLanguage &&
    (movie.voteAverage ?? 0) >= (expected.minRating ?? 0)
  );
}
