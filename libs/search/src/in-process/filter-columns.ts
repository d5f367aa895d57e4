import { type Movie, movieGenres } from '@app/catalogue';
import type { Constraints, PersonConstraint, PersonRole, Range } from '../movie-index/constraints.js';
import { plainText } from '../text/plain-text.js';

const unknown = -1;
const maskOf = (genres: readonly string[]): number =>
  genres.reduce((mask, genre) => mask | (1 << movieGenres.indexOf(genre as (typeof movieGenres)[number])), 0);

const roles = ['director', 'actor', 'writer'] as const satisfies readonly PersonRole[];

/** The facts that constraints compare, in one typed column each, so that filtering all rows takes microseconds. */
export class FilterColumns {
  private readonly genres: Int32Array;
  private readonly years: Int16Array;
  private readonly runtimes: Int16Array;
  private readonly ratings: Float32Array;
  private readonly votes: Float64Array;
  private readonly budgets: Float64Array;
  private readonly revenues: Float64Array;
  /** The first and the last day on which the movie may have been released, as YYYYMMDD. */
  private readonly releasedFrom: Int32Array;
  private readonly releasedTo: Int32Array;
  private readonly countryCounts: Int8Array;
  private readonly countries: (readonly string[])[] = [];
  private readonly certifications: (string | undefined)[] = [];
  private readonly languages: (string | undefined)[] = [];
  private readonly rowsById = new Map<number, number>();
  private readonly people = new Map<string, Record<(typeof roles)[number], Set<number>>>();

  constructor(readonly rows: number) {
    this.genres = new Int32Array(rows);
    this.years = new Int16Array(rows);
    this.runtimes = new Int16Array(rows).fill(unknown);
    this.ratings = new Float32Array(rows).fill(unknown);
    this.votes = new Float64Array(rows).fill(unknown);
    this.budgets = new Float64Array(rows).fill(unknown);
    this.revenues = new Float64Array(rows).fill(unknown);
    this.releasedFrom = new Int32Array(rows);
    this.releasedTo = new Int32Array(rows);
    this.countryCounts = new Int8Array(rows).fill(unknown);
  }

  set(row: number, movie: Movie): void {
    this.rowsById.set(movie.id, row);
    this.genres[row] = maskOf(movie.genres);
    this.years[row] = Number(movie.releaseDate.slice(0, 4));
    this.runtimes[row] = movie.runtimeMinutes ?? unknown;
    this.ratings[row] = movie.voteAverage ?? unknown;
    this.votes[row] = movie.voteCount ?? unknown;
    this.budgets[row] = movie.budget || unknown;
    this.revenues[row] = movie.revenue || unknown;
    this.releasedFrom[row] = toDay(movie.releaseDate, '01-01');
    this.releasedTo[row] = toDay(movie.releaseDate, '12-31');
    this.countries[row] = movie.countries;
    if (movie.countries.length > 0) this.countryCounts[row] = movie.countries.length;
    this.certifications[row] = movie.certification;
    this.languages[row] = movie.originalLanguage;
    for (const name of movie.directors) this.addPerson(name, 'director', row);
    for (const { name } of movie.cast) this.addPerson(name, 'actor', row);
    for (const name of movie.writers ?? []) this.addPerson(name, 'writer', row);
  }

  /** Returns 1 for each row that satisfies every constraint. */
  mask(constraints: Constraints): Uint8Array {
    const mask = new Uint8Array(this.rows).fill(1);
    const keep = (isKept: (row: number) => boolean): void => {
      for (let row = 0; row < mask.length; row++) if (mask[row] && !isKept(row)) mask[row] = 0;
    };
    const wanted = maskOf(constraints.genres);
    const excluded = maskOf(constraints.excludedGenres);
    if (wanted || excluded)
      keep((row) => {
        const has = this.genres[row] as number;
        return (has & wanted) === wanted && (has & excluded) === 0;
      });
    keepWithin(this.years, constraints.years, keep);
    keepWithin(this.runtimes, constraints.runtimeMinutes, keep);
    keepWithin(this.ratings, { from: constraints.minRating, to: null }, keep);
    keepWithin(this.votes, { from: constraints.minVotes, to: null }, keep);
    keepWithin(this.budgets, constraints.budget, keep);
    keepWithin(this.revenues, constraints.revenue, keep);
    keepWithin(this.countryCounts, constraints.countryCount, keep);
    const { from, to } = constraints.released;
    keepWithin(this.releasedFrom, { from: from === null ? null : toDay(from, '01-01'), to: null }, keep);
    keepWithin(this.releasedTo, { from: null, to: to === null ? null : toDay(to, '12-31') }, keep);
    if (constraints.countries.length > 0) {
      const wantedCountries = new Set(constraints.countries);
      keep((row) => (this.countries[row] ?? []).some((country) => wantedCountries.has(country)));
    }
    keepOneOf(this.certifications, constraints.certifications, keep);
    keepOneOf(this.languages, constraints.languages, keep);
    for (const person of constraints.people) {
      const rows = this.rowsOf(person);
      keep((row) => rows.some((set) => set.has(row)));
    }
    for (const id of constraints.excludedIds) {
      const row = this.rowsById.get(id);
      if (row !== undefined) mask[row] = 0;
    }
    return mask;
  }

  private addPerson(name: string, role: (typeof roles)[number], row: number): void {
    const key = plainText(name);
    const person = this.people.get(key) ?? { director: new Set(), actor: new Set(), writer: new Set() };
    person[role].add(row);
    this.people.set(key, person);
  }

  private rowsOf({ name, role }: PersonConstraint): Set<number>[] {
    const person = this.people.get(plainText(name));
    if (!person) return [];
    return role === 'any' ? roles.map((each) => person[each]) : [person[role]];
  }
}

type NumberColumn = Int8Array | Int16Array | Int32Array | Float32Array | Float64Array;
type Keep = (isKept: (row: number) => boolean) => void;

/** Returns a date as YYYYMMDD. @param monthAndDay used if the date is a year */
const toDay = (date: string, monthAndDay: string): number =>
  Number((date.length === 4 ? `${date}-${monthAndDay}` : date).replaceAll('-', ''));

/** Rows whose value is not known satisfy no range. */
function keepWithin(column: NumberColumn, { from, to }: Range, keep: Keep): void {
  if (from === null && to === null) return;
  keep((row) => {
    const value = column[row] as number;
    return value !== unknown && (from === null || value >= from) && (to === null || value <= to);
  });
}

function keepOneOf(column: readonly (string | undefined)[], wanted: readonly string[], keep: Keep): void {
  if (wanted.length === 0) return;
  const set = new Set<string | undefined>(wanted);
  keep((row) => set.has(column[row]));
}
