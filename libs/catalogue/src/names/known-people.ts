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
  for (const { directors, writers = [], cast, popularity = 1 } of movies) {
    const credit = (name: string, weight: number): void => {
      fame.set(name, (fame.get(name) ?? 0) + weight * popularity ** 2);
    };
    for (const name of directors) credit(name, directorWeight);
    for (const name of writers) credit(name, writerWeight);
    for (const [index, { name, character }] of cast.entries()) {
      credit(name, isVoice(character) ? 0 : 1 / (1 + index / 2));
    }
  }
  return [...fame].toSorted(([, a], [, b]) => b - a).map(([name]) => name);
}

/** Voices are seldom what people are known for. */
const isVoice = (character = ''): boolean => character.endsWith('(voice)');
