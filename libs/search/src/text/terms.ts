import { stemmer } from 'stemmer';
import { plainText } from './plain-text.js';
import { stopWords } from './stop-words.js';

/** Returns the words of a text as the index knows them, in order: plain, without stop words, still unstemmed. */
export function wordsOf(text: string): string[] {
  return plainText(text)
    .split(' ')
    .filter((word) => word !== '' && !stopWords.has(word));
}

/** Stemming takes longer than everything else in building an index, and texts share most of their words. */
const maxMemorizedStems = 50_000;
const stems = new Map<string, string>();

/** Returns the term under which a word is indexed: its stem (Porter, 1980). */
export function termOf(word: string): string {
  const memorized = stems.get(word);
  if (memorized !== undefined) return memorized;
  const stem = stemmer(word);
  if (stems.size >= maxMemorizedStems) stems.clear();
  stems.set(word, stem);
  return stem;
}
