import { readWordList } from '../names/word-list.js';
import { editDistance, tolerance } from '../words/edit-distance.js';
import { mendable } from '../words/mendable.js';
import { Mask, type Word } from '../words/words.js';
import { ruleTimeoutMs, step } from './values.js';

const mendableWords = new Set(mendable);
const never = readWordList('never-mended');

export const spellingStep = step({
  name: 'spelling',
  description: 'Misspelled words of the vocabulary, mended; names are none of it',
  inputs: ['translate', 'titles', 'people'],
  timeoutMs: ruleTimeoutMs,
  run: ({ translate: words, titles, people }) => {
    const named = new Mask(words.length, [...titles.map(({ span }) => span), ...people.spans]);
    return words.map((word, index) => (named.isTaken(index) ? word : mend(word)));
  },
  fallback: ({ translate }) => translate,
});

function mend(word: Word): Word {
  const { text } = word;
  if (text.length < 5 || mendableWords.has(text) || never.has(text) || !/^[a-z]+$/.test(text)) return word;
  const limit = Math.min(2, tolerance(text.length));
  let best: { text: string; distance: number } | undefined;
  for (const candidate of mendable) {
    if (candidate[0] !== text[0]) continue;
    const distance = editDistance(text, candidate, (best?.distance ?? limit + 1) - 1);
    if (distance < (best?.distance ?? limit + 1)) best = { text: candidate, distance };
  }
  return best ? { ...word, text: best.text, original: best.text } : word;
}
