import type { NumberRange } from '../../understanding.js';
import { ruleTimeoutMs, step, textOfQuantities } from '../values.js';
import {
  firstBounds,
  firstOf,
  type Measure,
  measureFinder,
  rangeOf,
  type Surroundings,
  unlimited,
} from './comparisons.js';
import { parseNumber, plainNumber } from './numbers.js';

const countries =
  '(?:(?:different|separate|distinct|various|foreign|european|asian) )*(?:countries|country|nations|nation|territories)';
const production = '(?:(?:production|producing|coproduction|co production|coproducing|co producing) )';
const made =
  '(?:shot|filmed|made|produced|coproduced|co produced|financed|co financed|(?:international )?(?:co production|coproduction)|production companies|companies|studios|production|collaboration|joint production|joint effort|from)';
const first = `(${plainNumber})`;
const counts = `(${plainNumber}|a single|single|multiple|several|many|a few|a couple of|both)`;
const a =
  '(?:entirely |solely |mostly )?(?:(?:in|across|by|between|among|of|with|from|involving|over) )(?:a )?';

/** A journey through three countries is a plot: the words must mention production, or be a clause of their own. */
const surroundings: readonly Surroundings[] = [
  { lead: `${made} ${a}`, tail: ` (?:${production})?${countries}` },
  { lead: `(?:(?:with|across|by|from|in) )?`, tail: ` ${production}${countries}` },
  { lead: `${production}${countries} `, tail: '' },
  { lead: `(?:number of )${production}?${countries} `, tail: '' },
  { lead: '', tail: ` ${countries} (?:international )?(?:co production|coproduction|production)s?` },
  { lead: `\\| (?:and |with )?`, tail: ` ${countries}(?: \\|)?` },
];

const findCounts = firstOf(
  /countr|nation|territor/,
  // "three production countries or more"
  measureFinder(`${counts} ${production}${countries}`, { first }),
  ...surroundings.map((around) => measureFinder(counts, { ...around, first })),
);

export const countryCountStep = step({
  name: 'countryCount',
  description: 'Reads the number of countries of production',
  inputs: ['spelling', 'titles', 'people'],
  timeoutMs: ruleTimeoutMs,
  run: (inputs) => {
    const text = textOfQuantities(inputs);
    const measures = findCounts(text);
    return {
      value: measures.flatMap(rangeOfCountries).reduce(firstBounds, unlimited),
      spans: measures.map(({ span }) => span),
    };
  },
  fallback: () => ({ value: unlimited, spans: [] }),
});

function rangeOfCountries({ comparison, texts: [text = '', other] }: Measure): NumberRange[] {
  if (/^(?:multiple|both)$/.test(text)) return [{ min: 2, max: text === 'both' ? 2 : null }];
  if (/^(?:several|many|a few)$/.test(text)) return [{ min: 3, max: null }];
  const value = /single|one/.test(text) ? 1 : parseNumber(text);
  if (value === undefined || !Number.isInteger(value) || value < 1) return [];
  // Counts are small, so that the difference between "more than two" and "at least two" matters.
  if (comparison === 'more') return [{ min: value + 1, max: null }];
  if (comparison === 'less') return [{ min: null, max: Math.max(1, value - 1) }];
  const last = other === undefined ? value : (parseNumber(other) ?? value);
  return [rangeOf({ comparison }, [value, last], () => 1)];
}
