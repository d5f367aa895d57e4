import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from '@jest/globals';
import { bundledMovieSchema } from './bundled-movie.schema.js';
import { Catalogue } from './catalogue.js';
import { movieFiles } from './catalogue-files.js';
import type { Movie } from './movie.schema.js';

const folder = join(import.meta.dirname, 'data');
const yearOf = ({ releaseDate }: Movie): number => Number(releaseDate.slice(0, 4));
const fileNames = readdirSync(folder).filter((name) => name.endsWith('.ndjson'));
const moviesOf = (name: string): Movie[] =>
  readFileSync(join(folder, name), 'utf8')
    .trimEnd()
    .split('\n')
    .map((line) => JSON.parse(line) as Movie);

describe('the files of the catalogue', () => {
  it('are all read', () => {
    const read = movieFiles.map((url) => url.pathname.split('/').at(-1));
    expect(new Set(read)).toEqual(new Set(fileNames));
  });

  it.each(fileNames)(
    '%s holds the movies of its decade, by id, and nothing that the schema refuses',
    (name) => {
      const movies = moviesOf(name);
      const decade = Number(name.slice('movies-'.length, -'s.ndjson'.length));
      const faults = movies.flatMap((movie) =>
        (bundledMovieSchema.safeParse(movie).error?.issues ?? []).map(
          ({ path, message }) => `${movie.id} ${movie.title}: ${path.join('.')} ${message}`,
        ),
      );
      expect(faults).toEqual([]);
      expect(movies.filter((movie) => Math.floor(yearOf(movie) / 10) * 10 !== decade)).toEqual([]);
      const ids = movies.map(({ id }) => id);
      expect(ids).toEqual(ids.toSorted((a, b) => a - b));
    },
  );

  it('have no two overviews that share eight words in a row', () => {
    const seen = new Map<string, string>();
    const shared: string[] = [];
    for (const { title, overview } of fileNames.flatMap(moviesOf)) {
      const words = overview.toLowerCase().match(/[\p{L}\p{N}']+/gu) ?? [];
      for (let from = 0; from + 8 <= words.length; from++) {
        const phrase = words.slice(from, from + 8).join(' ');
        const other = seen.get(phrase);
        if (other !== undefined && other !== title) shared.push(`${title} and ${other}: ${phrase}`);
        seen.set(phrase, title);
      }
    }
    expect(shared).toEqual([]);
  });
});

describe(Catalogue.name, () => {
  const catalogue = new Catalogue();
  const { movies } = catalogue;

  it('holds movies of every decade, recent ones and ones in other languages among them', () => {
    expect(movies.length).toBeGreaterThanOrEqual(2_200);
    expect(movies.filter((movie) => yearOf(movie) > 2010).length).toBeGreaterThanOrEqual(700);
    expect(movies.filter(({ originalLanguage }) => originalLanguage !== 'en').length).toBeGreaterThanOrEqual(
      300,
    );
    const decades = new Set(movies.map((movie) => Math.floor(yearOf(movie) / 10)));
    for (let decade = 192; decade <= 202; decade++) expect(decades).toContain(decade);
  });

  it('holds no id and no movie twice', () => {
    expect(new Set(movies.map(({ id }) => id)).size).toBe(movies.length);
    const names = movies.map((movie) => `${movie.title.toLowerCase()} ${yearOf(movie)}`);
    expect(names.filter((name, index) => names.indexOf(name) !== index)).toEqual([]);
  });

  it('has corrected the faults of the dataset', () => {
    const titles = new Set(movies.map(({ title }) => title));
    for (const title of ['300', 'Das Boot']) expect(titles).toContain(title);
    expect(catalogue.find(1_000_000_401)?.releaseDate).toBe('1939-12-15');
  });

  it('finds a movie by its id', () => {
    expect(catalogue.find(1_000_000_370)?.title).toBe('The Godfather');
    expect(catalogue.find(42)).toBeUndefined();
  });
});
