import { normalize, toWords } from '../words/words.js';
import { ruleTimeoutMs, step } from './values.js';

export const normaliseStep = step({
  name: 'normalise',
  description: 'NFKC, lower case, single spaces; words',
  inputs: ['query'],
  timeoutMs: ruleTimeoutMs,
  run: ({ query }) => {
    const normalized = normalize(query);
    return { normalized, words: toWords(normalized) };
  },
});
