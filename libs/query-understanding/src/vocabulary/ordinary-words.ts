import { countriesByAdjective, languagesByName } from './countries.js';
import { lexicon } from './lexicon.js';
import { mediaWords } from './media.js';

const commonWords = new Set(
  'the a an of in on for with and or to from by my your me i you we us it is are was be that this these those new old good great best top some any all movie movies film films best watch tonight one two three what about no not'.split(
    ' ',
  ),
);

/** Returns whether a word is the adjective of a country or the name of a language. */
export const isOriginWord = (word: string): boolean =>
  countriesByAdjective.has(word) || languagesByName.has(word);

const isOrdinaryWord = (word: string): boolean =>
  commonWords.has(word) ||
  isOriginWord(word) ||
  mediaWords.has(word) ||
  lexicon.has(word) ||
  /^\d{1,2}0s$/.test(word);

/** Returns whether a phrase is a single common word ("the", "best") rather than a name. */
export const isCommonWord = (phrase: string): boolean => commonWords.has(phrase) || isOriginWord(phrase);

/** Returns whether a phrase consists of common and vocabulary words alone, so that it need not be a name. */
export const isOrdinaryPhrase = (phrase: string): boolean =>
  lexicon.has(phrase) || phrase.split(' ').every(isOrdinaryWord);

/** Returns whether a phrase has enough unusual words to be taken for a name without further evidence. */
export function isDistinctivePhrase(phrase: string): boolean {
  const unusual = phrase.split(' ').filter((word) => !isOrdinaryWord(word));
  return unusual.length >= 2 || unusual.some((word) => word.length >= 6);
}
