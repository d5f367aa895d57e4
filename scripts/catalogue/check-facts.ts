import { Catalogue, type Movie } from '@app/catalogue';
import type { FactEntry, FactSource } from './fact-sources.js';
import { isSamePerson, titleKey } from './same-name.js';

/** Releases abroad and lists differ by a year. */
const maxYearsApart = 1;
/** Versions and rounding differ by some minutes. */
const maxMinutesApart = 8;
/** Of the cast, how many names must agree. A list may bill others first. */
const minSharedCast = 2;

const fields = ['year', 'directors', 'cast', 'runtime'] as const;
type Field = (typeof fields)[number];
/** Whether a source confirms each field. A field that it does not have is absent. */
type Verdict = Partial<Record<Field, boolean>>;

/** Prints what each source confirms about the bundled movies, and where it disagrees. */
export function checkFacts(sources: readonly FactSource[]): void {
  const { movies } = new Catalogue();
  const confirmedAnywhere = new Set<number>();
  for (const source of sources) {
    const byTitle = groupByTitle(source.entries);
    const found = movies.flatMap((movie) => {
      const entry = findEntry(movie, byTitle);
      return entry === undefined ? [] : [{ movie, entry, verdict: compare(movie, entry) }];
    });
    console.log(`\n${source.name}: ${found.length} of ${movies.length} movies found`);
    for (const field of fields) {
      const judged = found.filter(({ verdict }) => verdict[field] !== undefined);
      const confirmed = judged.filter(({ verdict }) => verdict[field]).length;
      if (judged.length === 0) continue;
      const share = ((100 * confirmed) / judged.length).toFixed(1);
      console.log(`  ${field.padEnd(10)} ${confirmed} of ${judged.length} (${share} %)`);
    }
    for (const { movie, entry, verdict } of found) {
      if (verdict.year && verdict.directors !== false) confirmedAnywhere.add(movie.id);
      for (const field of fields) if (verdict[field] === false) printDisagreement(movie, entry, field);
    }
  }
  const share = ((100 * confirmedAnywhere.size) / movies.length).toFixed(1);
  console.log(
    `\n${confirmedAnywhere.size} of ${movies.length} movies (${share} %) are confirmed by a source`,
  );
}

/**
 * Finds the movie by its titles. Several movies share a title: the year nearest to ours decides, and an entry of another
 * year is this movie only if a director agrees.
 */
function findEntry(movie: Movie, byTitle: ReadonlyMap<string, FactEntry[]>): FactEntry | undefined {
  const titles = [movie.title, movie.originalTitle ?? movie.title, ...(movie.alternativeTitles ?? [])];
  const entries = [...new Set(titles.map(titleKey))].flatMap((key) => byTitle.get(key) ?? []);
  const yearsApart = ({ year }: FactEntry) => Math.abs(year - yearOf(movie));
  return entries
    .filter((entry) => yearsApart(entry) <= maxYearsApart || sharesDirector(movie, entry))
    .toSorted(
      (a, b) =>
        Number(sharesDirector(movie, b)) - Number(sharesDirector(movie, a)) || yearsApart(a) - yearsApart(b),
    )[0];
}

function groupByTitle(entries: readonly FactEntry[]): Map<string, FactEntry[]> {
  const byTitle = new Map<string, FactEntry[]>();
  for (const entry of entries) {
    const key = titleKey(entry.title);
    const sharing = byTitle.get(key) ?? [];
    sharing.push(entry);
    byTitle.set(key, sharing);
  }
  return byTitle;
}

function compare(movie: Movie, entry: FactEntry): Verdict {
  const { runtimeMinutes } = movie;
  const verdict: Verdict = { year: Math.abs(entry.year - yearOf(movie)) <= maxYearsApart };
  if (entry.directors.length > 0) verdict.directors = sharesDirector(movie, entry);
  if (entry.cast.length > 0 && movie.cast.length > 0) {
    const shared = movie.cast.filter(({ name }) => entry.cast.some((other) => isSamePerson(name, other)));
    verdict.cast = shared.length >= Math.min(minSharedCast, entry.cast.length, movie.cast.length);
  }
  if (entry.runtimeMinutes !== undefined && runtimeMinutes !== undefined) {
    verdict.runtime = Math.abs(entry.runtimeMinutes - runtimeMinutes) <= maxMinutesApart;
  }
  return verdict;
}

function printDisagreement(movie: Movie, entry: FactEntry, field: Field): void {
  const sides = {
    year: [yearOf(movie), entry.year],
    directors: [movie.directors.join(', '), entry.directors.join(', ')],
    cast: [movie.cast.map(({ name }) => name).join(', '), entry.cast.join(', ')],
    runtime: [movie.runtimeMinutes, entry.runtimeMinutes],
  };
  const [ours, theirs] = sides[field];
  console.log(`  ${movie.id} ${movie.title} (${yearOf(movie)}): ${field} ${ours}, the source has ${theirs}`);
}

const yearOf = ({ releaseDate }: Movie): number => Number(releaseDate.slice(0, 4));

const sharesDirector = (movie: Movie, entry: FactEntry): boolean =>
  movie.directors.some((ours) => entry.directors.some((theirs) => isSamePerson(ours, theirs)));
