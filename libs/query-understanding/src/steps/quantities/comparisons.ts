import type { NumberRange } from '../../understanding.js';
import { anyOf } from '../../words/phrase-pattern.js';
import { overlaps, type Span } from '../../words/words.js';
import type { WordText } from '../../words/word-text.js';

/** How a number limits a quantity. */
export type Comparison = 'less' | 'atMost' | 'more' | 'atLeast' | 'about' | 'exactly';

/** Hedges that do not move a bound: "well above", "just under". */
const hedge =
  '(?:(?:just|well|way|far|slightly|somewhat|a bit|a little|a lot|significantly|comfortably|barely|strictly|easily|only|right|somewhere|anywhere|something|any|of|is|are|was|that|which|at) )*';

const less = anyOf([
  'under',
  'less than',
  'below',
  'beneath',
  'shorter than',
  'lower than',
  'smaller than',
  'fewer than',
  'cheaper than',
  'short of',
  'shy of',
  'in under',
  'clocking in under',
]);
const atMost = anyOf([
  'at( the)? most',
  '(no|not|nothing|never|isnt|wasnt|arent)( (any|much|that|too|significantly))? (longer|more|greater|higher|bigger|larger|over|above|beyond)( than)?',
  'max(imum)?( of)?',
  'a max(imum)? of',
  'up to',
  'within',
  'not a minute (over|more than)',
  '(not|no|never|doesnt|didnt|dont|wont|without|cannot|cant|shouldnt|does not|did not|should not) (to )?(exceed(ing|s)?|surpass(ing)?|top|topping|go over|going over|go above|pass)',
  'capped at',
  'limited to',
]);
const more = anyOf([
  'over',
  'more than',
  'above',
  'longer than',
  'greater than',
  'higher than',
  'larger than',
  'bigger than',
  'beyond',
  'past',
  'north of',
  'upwards? of',
  'in excess of',
  'exceed(s|ed|ing)?',
  'surpass(es|ed|ing)?',
  'top(s|ped|ping)',
]);
const atLeast = anyOf([
  'at( the( very)?)? least',
  '(no|not|nothing|never|isnt|wasnt|arent) (shorter|less|fewer|lower|smaller|under|below)( than)?',
  'min(imum)?( of)?',
  'a min(imum)? of',
  'as (many|much|long) as',
]);
const about = anyOf([
  'about',
  'around',
  'roughly',
  'approximately',
  'approx',
  'circa',
  'ca',
  'near',
  'near to',
  'nearly',
  'nearing',
  'close to',
  'almost',
  'approaching',
  'in the (region|neighborhood|vicinity|area|ballpark) of',
  'more or less',
  'some',
]);
const orLess =
  '(?:(?:or|and) (?:less|fewer|shorter|under|below|lower|cheaper)|max|maximum|tops|at(?: the)? most|or so max)';
const orMore =
  '(?:(?:(?:or|and) (?:more|longer|over|up|above|higher|greater|beyond|change)|plus|or so plus|minimum|at(?: the)? least|upwards?)|\\+)';
const orSo = '(?:or so|or thereabouts|give or take|ish)';

interface Form {
  readonly comparison: Comparison;
  /** Returns the source of the form around a quantity. */
  readonly around: (quantity: string) => string;
}

/** In order of precedence. */
const forms: readonly Form[] = [
  { comparison: 'atMost', around: (quantity) => `${hedge}${atMost} ${quantity}` },
  { comparison: 'atLeast', around: (quantity) => `${hedge}${atLeast} ${quantity}` },
  { comparison: 'less', around: (quantity) => `${hedge}${less} ${quantity}` },
  { comparison: 'more', around: (quantity) => `${hedge}${more} ${quantity}` },
  { comparison: 'atMost', around: (quantity) => `(?:${hedge}${about} )?${quantity} ${orLess}` },
  { comparison: 'atLeast', around: (quantity) => `(?:${hedge}${about} )?${quantity} ${orMore}` },
  { comparison: 'about', around: (quantity) => `${hedge}${about} ${quantity}(?: ${orSo})?` },
  { comparison: 'about', around: (quantity) => `${quantity} ${orSo}` },
  { comparison: 'exactly', around: (quantity) => `(?:(?:exactly|precisely|only|just) )?${quantity}` },
];

/** A quantity that a query names, or two with "between". */
export interface Measure {
  readonly comparison: Comparison | 'between';
  /** What the group of the quantity has captured. */
  readonly texts: readonly string[];
  readonly span: Span;
}

export interface Surroundings {
  /** The source of what precedes a comparison, with a trailing space if it is not optional. */
  readonly lead?: string;
  /** The source of what follows, with a leading space. */
  readonly tail?: string;
  /** The first quantity of a range, if it may be shorter than the second: "12 to 15 million". */
  readonly first?: string;
  /** The first quantity of a range without a word between the two: "90-120 minutes". */
  readonly adjacent?: string;
}

/**
 * Returns a function that finds quantities with their comparisons in a text.
 *
 * @param quantity the source of a pattern with one group
 */
export function measureFinder(
  quantity: string,
  { lead = '', tail = '', first = quantity, adjacent = first }: Surroundings = {},
): (text: WordText) => Measure[] {
  const patterns = [
    ...[
      `${hedge}(?:between|from) ${first} (?:(?:and|to|or|till|until) )?${quantity}`,
      `${hedge}(?:${first} (?:to|or|till|until)|${adjacent}) ${quantity}`,
    ].map((source) => ({ comparison: 'between' as const, source })),
    ...forms.map(({ comparison, around }) => ({ comparison, source: around(quantity) })),
  ].map(({ comparison, source }) => ({ comparison, pattern: new RegExp(`${lead}${source}${tail}`) }));
  return (text) => {
    const found: Measure[] = [];
    for (const { comparison, pattern } of patterns) {
      for (const { groups, span } of text.findAll(pattern)) {
        if (found.some((other) => overlaps(other.span, span))) continue;
        found.push({ comparison, texts: groups.filter((group) => group !== undefined), span });
      }
    }
    return found;
  };
}

type Find = (text: WordText) => Measure[];

/**
 * Combines finders. A quantity belongs to the first finder that finds it.
 *
 * @param hint matches every text with such quantities, so that most queries skip the finders
 */
export const firstOf =
  (hint: RegExp, ...finders: readonly Find[]): Find =>
  (text) =>
    (hint.test(text.all) ? finders : []).reduce<Measure[]>(
      (found, find) => [
        ...found,
        ...find(text).filter(({ span }) => !found.some((other) => overlaps(other.span, span))),
      ],
      [],
    );

/** Returns the range that a comparison makes of values. Bounds are inclusive; "about" has a tolerance. */
export function rangeOf(
  { comparison }: Pick<Measure, 'comparison'>,
  [value, other = value]: readonly [number, number?],
  tolerance: (value: number) => number,
): NumberRange {
  switch (comparison) {
    case 'between':
      return { min: Math.min(value, other), max: Math.max(value, other) };
    case 'less':
    case 'atMost':
      return { min: null, max: value };
    case 'more':
    case 'atLeast':
      return { min: value, max: null };
    case 'about':
      return { min: value - tolerance(value), max: value + tolerance(value) };
    case 'exactly':
      return { min: value, max: value };
  }
}

/** Returns the numbers in both ranges. Each bound comes from the first range that has it. */
export const firstBounds = (a: NumberRange, b: NumberRange): NumberRange => ({
  min: a.min ?? b.min,
  max: a.max ?? b.max,
});

export const unlimited: NumberRange = { min: null, max: null };
