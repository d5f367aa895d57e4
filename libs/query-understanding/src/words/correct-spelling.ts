import { isOriginWord } from '../vocabulary/ordinary-words.js';
import { readWordList } from '../names/word-list.js';
import { correctableWords } from './correctable-words.js';
import { editDistance, tolerance } from './edit-distance.js';
import type { Word } from './words.js';

const vocabulary = new Set(correctableWords);
const exceptions = readWordList('spelling-exceptions');
const corrections = new Map<string, string>();
const maxCachedCorrections = 10_000;

/** Returns the word with its spelling corrected if it is a near miss of a vocabulary word, or the word itself. */
export function correctSpelling(word: Word): Word {
  const { text } = word;
  if (
    text.length < 5 ||
    vocabulary.has(text) ||
    exceptions.has(text) ||
    isOriginWord(text) ||
    !/^[a-z]+$/.test(text)
  )
    return word;
  let correction = corrections.get(text);
  if (correction === undefined) {
    correction = nearestVocabularyWord(text);
    if (corrections.size >= maxCachedCorrections) corrections.clear();
    corrections.set(text, correction);
  }
  return correction === text ? word : { ...word, text: correction, original: correction };
}

function nearestVocabularyWord(text: string): string {
  const limit = Math.min(2, tolerance(text.length));
  let best = { text, distance: limit + 1 };
  for (const candidate of correctableWords) {
    if (candidate[0] !== text[0]) continue;
    const distance = editDistance(text, candidate, best.distance - 1);
    if (distance < best.distance) best = { text: candidate, distance };
  }
  return best.text;
}
