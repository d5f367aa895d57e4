import { Mask } from '../words/words.js';
import { ruleTimeoutMs, spansOf, step } from './values.js';

/** Words of the request that say nothing about the movies. */
const polite = new Set(
  'please can could would you i we me us want need find show give recommend suggest looking for watch search get some any something anything im id like to the a an in mood of that hey hi hello just maybe should next good tonight list'.split(
    ' ',
  ),
);

export const rewriteStep = step({
  name: 'rewrite',
  description: 'Creates the text to embed: corrected, without the constraints in other fields',
  inputs: [
    'normalize',
    'spelling',
    'titles',
    'people',
    'constraints',
    'count',
    'negation',
    'sort',
    'concepts',
  ],
  timeoutMs: ruleTimeoutMs,
  run: ({ normalize, spelling: words, titles, people, concepts, negation, constraints, count, sort }) => {
    const dropped = new Mask(words.length, [
      ...constraints,
      ...spansOf(count, sort),
      ...negation,
      ...titles.filter(({ as }) => as !== 'requested' && as !== 'likeness').map(({ span }) => span),
    ]);
    const kept = new Mask(words.length, [
      ...titles.filter(({ as }) => as === 'requested' || as === 'likeness').map(({ span }) => span),
      ...people.spans,
      ...concepts.filter(({ isExcluded }) => !isExcluded).map(({ span }) => span),
    ]);
    const rest = words.filter(
      ({ text }, index) => kept.isTaken(index) || (!dropped.isTaken(index) && !polite.has(text)),
    );
    const rewritten = rest.map(({ original }) => original).join(' ');
    return rewritten || normalize.normalized;
  },
  fallback: ({ normalize }) => normalize.normalized,
});
