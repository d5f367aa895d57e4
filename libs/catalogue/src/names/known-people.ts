import { readFileSync } from 'node:fs';
import type { Movie } from '../movie.schema.js';

/** A person by whose name viewers search. */
export interface KnownPerson {
  readonly name: string;
  /** Whether viewers may mean this person by the surname alone. */
  readonly isFamous: boolean;
}

/** People whom viewers name more often than the credits of the catalogue suggest, the most named first. */
const furtherPeopleFile = new URL('../data/further-people.json', import.meta.url);
/** How many of the people in the credits are famous. */
const famousCredited = 700;

/** A director is named as often as the first of the cast, a writer like a small part. */
const directorWeight = 1;
const writerWeight = 0.3;

/**
 * Returns the people in the credits of the movies, and further ones, the best known first. Those with the largest parts in
 * the most popular movies are considered the best known, unless a list by hand says otherwise.
 */
export function knownPeople(movies: readonly Movie[]): KnownPerson[] {
  const further = JSON.parse(readFileSync(furtherPeopleFile, 'utf8')) as Readonly<
    Record<'famous' | 'others', readonly string[]>
  >;
  const credited = creditedByFame(movies);
  const famous = new Set([...further.famous, ...credited.slice(0, famousCredited)]);
  const names = new Set([...famous, ...credited, ...further.others]);
  return Array.from(names, (name) => ({ name, isFamous: famous.has(name) }));
}

function creditedByFame(movies: readonly Movie[]): string[] {
  const fame = new Map<string, number>();
  const credit = (name: string, weight: number, { popularity = 1 }: Movie): void => {
    fame.set(name, (fame.get(name) ?? 0) + weight * popularity ** 2);
  };
  for (const movie of movies) {
    for (const name of movie.directors) credit(name, directorWeight, movie);
    for (const name of movie.writers ?? []) credit(name, writerWeight, movie);
    movie.cast.forEach(({ name, character }, index) => {
      if (!isVoice(character)) credit(name, 1 / (1 + index / 2), movie);
      else fame.set(name, fame.get(name) ?? 0);
    });
  }
  return [...fame].toSorted(([, a], [, b]) => b - a).map(([name]) => name);
}

/** Voices are seldom what people are known for. */
const isVoice = (character = ''): boolean => character.includes('(voice)');
