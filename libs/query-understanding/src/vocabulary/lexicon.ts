import type { Genre } from '../understanding.js';
import { genrePhrases } from './genres.js';
import { moodPhrases } from './moods.js';
import { themePhrases } from './themes.js';

/** The meaning of a phrase. */
export type Concept =
  | { readonly kind: 'genre'; readonly genres: readonly Genre[] }
  | { readonly kind: 'mood'; readonly name: string }
  | { readonly kind: 'theme'; readonly name: string };

const split = (phrases: string): string[] => phrases.split(/, */);

/** All folded phrases for genres, moods and themes. */
export const lexicon: ReadonlyMap<string, Concept> = new Map([
  ...moodPhrases.flatMap(([name, phrases]) =>
    split(phrases).map((phrase): [string, Concept] => [phrase, { kind: 'mood', name }]),
  ),
  ...themePhrases.flatMap(([name, phrases]) =>
    split(phrases).map((phrase): [string, Concept] => [phrase, { kind: 'theme', name }]),
  ),
  ...genrePhrases.flatMap(([genres, phrases]) =>
    split(phrases).map((phrase): [string, Concept] => [phrase, { kind: 'genre', genres }]),
  ),
]);

export const maxPhraseWords = Math.max(...[...lexicon.keys()].map((phrase) => phrase.split(' ').length));
