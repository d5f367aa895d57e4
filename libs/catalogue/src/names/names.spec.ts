import { readFileSync } from 'node:fs';
import { describe, expect, it } from '@jest/globals';
import { Catalogue } from '../catalogue.js';
import { knownPeople } from './known-people.js';
import { knownTitles } from './known-titles.js';

const { movies } = new Catalogue();
const titles = knownTitles(movies);
const people = knownPeople(movies);

/** A name without accents, punctuation and case. */
const plain = (text: string): string =>
  text
    .normalize('NFKD')
    .replace(/[^\p{L}\p{N}]|\p{Lm}/gu, '')
    .toLowerCase();
const listIn = <Entry>(name: string): Entry[] => {
  const file = new URL(`../data/${name}.json`, import.meta.url);
  return Object.values(JSON.parse(readFileSync(file, 'utf8')) as Record<string, Entry[]>).flat();
};
const repeated = (names: readonly string[]): string[] => {
  const keys = names.map(plain);
  return names.filter((_, index) => keys.indexOf(keys[index] as string) !== index);
};

describe(knownTitles.name, () => {
  it('names famous titles first, the best known at the top', () => {
    const lastFamous = titles.findLastIndex(({ isFamous }) => isFamous);
    expect(titles.slice(0, lastFamous).every(({ isFamous }) => isFamous)).toBe(true);
    expect(titles.slice(0, 300).map(({ title }) => title)).toEqual(
      expect.arrayContaining(['Titanic', 'The Matrix', 'Toy Story']),
    );
  });

  it('includes original and alternative titles', () => {
    expect(titles.find(({ title }) => title === 'Spirited Away')?.alternatives).toContain('千と千尋の神隠し');
    expect(titles.find(({ title }) => title === 'Terminator 2: Judgment Day')?.alternatives).toContain('T2');
  });

  it('includes series, with the year of their first movie', () => {
    expect(titles).toContainEqual({ title: 'Harry Potter', alternatives: [], year: 2001, isFamous: true });
    expect(titles).toContainEqual({ title: 'James Bond', alternatives: [], year: 1962, isFamous: true });
  });

  it('lists only titles that no movie of the catalogue has', () => {
    const described = new Set(movies.map(({ title }) => plain(title)));
    const listed = listIn<[string, number]>('further-titles').map(([title]) => title);
    expect(listed.filter((title) => described.has(plain(title)))).toEqual([]);
    expect(repeated(listed)).toEqual([]);
  });
});

describe(knownPeople.name, () => {
  const famous = new Set(people.filter(({ isFamous }) => isFamous).map(({ name }) => name));

  it('includes directors, writers and cast', () => {
    const names = new Set(people.map(({ name }) => name));
    for (const { directors, writers = [], cast } of movies) {
      const credited = [...directors, ...writers, ...cast.map(({ name }) => name)];
      expect(credited.filter((name) => !names.has(name))).toEqual([]);
    }
  });

  it('considers those famous who have large parts in popular movies, and those on the list', () => {
    for (const name of ['Steven Spielberg', 'Tom Hanks', 'Agatha Christie']) expect(famous).toContain(name);
    expect(famous.size).toBeLessThan(2_000);
  });

  it('spells each name in one way, and lists nobody twice', () => {
    expect(repeated(people.map(({ name }) => name))).toEqual([]);
    expect(repeated(listIn('further-people'))).toEqual([]);
  });
});
