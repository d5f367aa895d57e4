import { readWordList } from '../names/word-list.js';
import { editDistance, tolerance } from './edit-distance.js';
import { mendable } from './mendable.js';
import type { Word } from './words.js';

const mendableWords = new Set(mendable);
const never = readWordList('never-mended');
const mended = new Map<string, string>();
const maxRemembered = 10_000;

/** The word, or what a misspelled word of the vocabulary was meant to be. */
export function mend(word: Word): Word {
  const { text } = word;
  if (text.length < 5 || mendableWords.has(text) || never.has(text) || !/^[a-z]+$/.test(text)) return word;
  let meant = mended.get(text);
  if (meant === undefined) {
    meant = nearest(text);
    if (mended.size >= maxRemembered) mended.clear();
    mended.set(text, meant);
  }
  return meant === text ? word : { ...word, text: meant, original: meant };
}

function nearest(text: string): string {
  const limit = Math.min(2, tolerance(text.length));
  let best = { text, distance: limit + 1 };
  for (const candidate of mendable) {
    if (candidate[0] !== text[0]) continue;
    const distance = editDistance(text, candidate, best.distance - 1);
    if (distance < best.distance) best = { text: candidate, distance };
  }
  return best.text;
}
