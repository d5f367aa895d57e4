import { correctSpelling } from '../words/correct-spelling.js';
import { Mask } from '../words/words.js';
import { namedSpans, ruleTimeoutMs, step } from './values.js';

export const spellingStep = step({
  name: 'spelling',
  description: 'Corrects misspelled vocabulary words outside of names',
  inputs: ['translate', 'titles', 'people'],
  timeoutMs: ruleTimeoutMs,
  run: ({ translate: words, titles, people }) => {
    const named = new Mask(words.length, namedSpans(titles, people));
    return words.map((word, index) => (named.isTaken(index) ? word : correctSpelling(word)));
  },
  fallback: ({ translate }) => translate,
});
