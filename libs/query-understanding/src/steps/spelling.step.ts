import { mend } from '../words/mend.js';
import { Mask } from '../words/words.js';
import { namedSpans, ruleTimeoutMs, step } from './values.js';

export const spellingStep = step({
  name: 'spelling',
  description: 'Misspelled words of the vocabulary, mended; names are none of it',
  inputs: ['translate', 'titles', 'people'],
  timeoutMs: ruleTimeoutMs,
  run: ({ translate: words, titles, people }) => {
    const named = new Mask(words.length, namedSpans(titles, people));
    return words.map((word, index) => (named.isTaken(index) ? word : mend(word)));
  },
  fallback: ({ translate }) => translate,
});
