import { mend } from '../words/mend.js';
import { Mask } from '../words/words.js';
import { ruleTimeoutMs, step } from './values.js';

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
