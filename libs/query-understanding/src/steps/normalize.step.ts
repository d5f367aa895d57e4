import { plainWords } from '../words/plain-words.js';
import { normalize, toWords } from '../words/words.js';
import { ruleTimeoutMs, step } from './values.js';

/** Words beyond this number are embedded but not read by the rules. */
const maxWords = 100;

export const normalizeStep = step({
  name: 'normalize',
  description: 'Normalizes the query (NFKC, lower case, single spaces) and splits it into words',
  inputs: ['query'],
  timeoutMs: ruleTimeoutMs,
  run: ({ query }) => {
    const normalized = normalize(query);
    return { normalized, words: plainWords(toWords(normalized).slice(0, maxWords)) };
  },
});
