import { plainWords } from '../words/plain-words.js';
import { normalize, toWords } from '../words/words.js';
import { ruleTimeoutMs, step } from './values.js';

/** What is read of a query: the rest is embedded, but no search needs so many facts. */
const maxWords = 100;

export const normalizeStep = step({
  name: 'normalize',
  description: 'NFKC, lower case, single spaces; words',
  inputs: ['query'],
  timeoutMs: ruleTimeoutMs,
  run: ({ query }) => {
    const normalized = normalize(query);
    return { normalized, words: plainWords(toWords(normalized).slice(0, maxWords)) };
  },
});
