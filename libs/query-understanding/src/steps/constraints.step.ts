import { ruleTimeoutMs, spansOf, step } from './values.js';

export const constraintsStep = step({
  name: 'constraints',
  description: 'Collects the words that state dates, numbers and certifications',
  inputs: ['years', 'runtime', 'rating', 'certification', 'votes', 'money', 'countryCount'],
  timeoutMs: ruleTimeoutMs,
  run: ({ years, runtime, rating, certification, votes, money, countryCount }) =>
    spansOf(years, runtime, rating, certification, votes, money, countryCount),
  fallback: () => [],
});
