import { stemmer } from 'stemmer';
import { plainText } from './plain-text.js';
import { stopWords } from './stop-words.js';

/** Returns the words of a text as the index knows them, in order: plain, without stop words, still unstemmed. */
export function wordsOf(text: string): string[] {
  return plainText(text)
    .split(' ')
    .filter((word) => word !== '' && !stopWords.has(word));
}

/** Returns the term under which a word is indexed: its stem (Porter, 1980). */
export const termOf = (word: string): string => stemmer(word);
