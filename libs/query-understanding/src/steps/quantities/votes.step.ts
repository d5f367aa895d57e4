import { ruleTimeoutMs, step, textOfQuantities } from '../values.js';
import { firstOf, measureFinder } from './comparisons.js';
import { count, parseNumber, plainNumber, scale } from './numbers.js';

const quantity = `(${count})`;
const first = `(${plainNumber}(?: ?${scale})?)`;
const voters = '(?:user |imdb |tmdb |viewer |audience )?(?:votes?|voters|ratings|reviews)';
const people = '(?:people|users|viewers|voters|critics|members|persons|reviewers|fans)';
const lead = '(?:(?:with|having|has|have|and|that|a|got|received|whose) )*';

const findVotes = firstOf(
  /vote|ratings|review|(?:rated|scored) by/,
  // "500 votes or more"
  measureFinder(`${quantity} ${voters}`, { lead, first }),
  measureFinder(quantity, { lead, first, tail: ` ${voters}` }),
  // "vote count above 700"
  measureFinder(quantity, {
    lead: `${lead}(?:total )?(?:vote count|votes?|number of votes|voter count|vote total)(?: count)? `,
    first,
  }),
  // "rated by at least 500 people"
  measureFinder(quantity, {
    lead: '(?:that (?:was|were|are|is) )?(?:rated|voted for|voted on|voted|reviewed|scored) by ',
    tail: ` ${people}`,
    first,
  }),
);
const toleranceShare = 0.1;

export const votesStep = step({
  name: 'votes',
  description: 'Reads the minimum number of votes',
  inputs: ['spelling', 'titles', 'people'],
  timeoutMs: ruleTimeoutMs,
  run: (inputs) => {
    const text = textOfQuantities(inputs);
    const measures = findVotes(text);
    const minima = measures.flatMap(({ comparison, texts: [number = ''] }) => {
      const value = parseNumber(number);
      if (value === undefined || comparison === 'less' || comparison === 'atMost') return [];
      return [Math.round(comparison === 'about' ? value * (1 - toleranceShare) : value)];
    });
    return { value: minima[0] ?? null, spans: measures.map(({ span }) => span) };
  },
  fallback: () => ({ value: null, spans: [] }),
});
