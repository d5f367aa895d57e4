import type { NumberRange } from '../understanding.js';
import { toNumber } from '../vocabulary/media.js';
import { anyOf } from '../words/phrase-pattern.js';
import { overlaps, type Span } from '../words/words.js';
import type { WordText } from '../words/word-text.js';
import { ruleTimeoutMs, step, textWithoutNames } from './values.js';

const spelled =
  'an?|one|two|three|four|five|six|seven|eight|nine|ten|fifteen|twenty|thirty|forty|fifty|sixty|seventy|eighty|ninety|hundred';
const hours = `(?:(\\d+(?:\\.\\d+)?|${spelled}|half an) (?:and (a) half )?(?:hours?|hrs?|h)|(\\d)h)`;
const minutes = `(?:(\\d{1,3}|(?:${spelled})(?: (?:five|one|two|three|four|six|seven|eight|nine))?) ?(?:minutes?|mins?|min|m)|(\\d{1,3})(?:mins?|m))`;
const more = `(?:(?: and)? (?:(a) half|(quarter)|(\\d{1,2}|fifteen|twenty|thirty|forty|forty five|fifty|ten|five|fifty five|thirty five|twenty five)(?: (?:minutes?|mins?|m))?))?`;
/** Ten groups: hours, additional minutes, minutes alone, and the short form "1h 30m". */
const duration = `(?:${hours}${more}|${minutes}|(\\d)h ?(\\d{1,2})m?)`;
const groupsOfDuration = 10;

const tail = '(?: (?:long|in length|runtime|of runtime|running time|total))*';
const lead =
  '(?:(?:with )?(?:a )?(?:runtime|running time|run time|length|duration)(?: of| is)? |that (?:is|are|runs?|lasts?) |(?:is|are|lasting|running|runs) )?';
const atMost = anyOf([
  'under',
  'less than',
  'below',
  'shorter than',
  'at most',
  'at the most',
  'no longer than',
  'not longer than',
  'no more than',
  'not more than',
  'max',
  'maximum',
  'max of',
  'up to',
  'within',
  'fewer than',
  'nothing over',
  'not over',
  'nothing longer than',
  'isnt over',
  'clocking in under',
  'maximum of',
  'in under',
  'doesnt exceed',
  'not a minute over',
  'not a minute more than',
  'i only have',
  'only have',
  'ive only got',
  'i have only',
  'only got',
  'i have',
  'ive got',
  'weve got',
  'we have',
  'we only have',
]);
const atLeast = anyOf([
  'over',
  'more than',
  'above',
  'longer than',
  'at least',
  'no shorter than',
  'not shorter than',
  'no less than',
  'not less than',
  'min',
  'minimum',
  'minimum of',
  'exceeding',
  'upwards of',
  'not under',
  'nothing under',
]);
const about = anyOf([
  'about',
  'around',
  'roughly',
  'approximately',
  'approx',
  'circa',
  'close to',
  'nearly',
  'almost',
]);
const toleranceMinutes = 10;

export const runtimeStep = step({
  name: 'runtime',
  description: 'Reads the running time in minutes',
  inputs: ['spelling', 'titles', 'people'],
  timeoutMs: ruleTimeoutMs,
  run: (inputs) => read(textWithoutNames(inputs)),
  fallback: () => ({ value: open, spans: [] }),
});

const open: NumberRange = { min: null, max: null };
type Groups = readonly (string | undefined)[];

interface Rule {
  readonly pattern: RegExp;
  readonly read: (groups: Groups) => NumberRange | undefined;
}

const durationRule = (range: (value: number) => NumberRange) => (groups: Groups) => {
  const value = toMinutes(groups);
  return value === undefined ? undefined : range(value);
};

const rules: readonly Rule[] = [
  {
    pattern: new RegExp(`${lead}${duration} to ${duration}${tail}`),
    read: (groups) =>
      ofBoth(toMinutes(groups.slice(0, groupsOfDuration)), toMinutes(groups.slice(groupsOfDuration))),
  },
  {
    pattern: new RegExp(`${lead}(?:between|from) ${duration} (?:and|to) ${duration}${tail}`),
    read: (groups) =>
      ofBoth(toMinutes(groups.slice(0, groupsOfDuration)), toMinutes(groups.slice(groupsOfDuration))),
  },
  {
    pattern: new RegExp(
      `${lead}(?:(?:between|from) )?(\\d+|${spelled}) (?:and |to )?(\\d+|${spelled}) (hours?|hrs?|minutes?|mins?)${tail}`,
    ),
    read: ([from, to, unit = '']) => {
      const factor = unit.startsWith('h') ? 60 : 1;
      return ofBoth(scaled(from, factor), scaled(to, factor));
    },
  },
  {
    pattern: new RegExp(`${lead}${atMost} ${duration}${tail}`),
    read: durationRule((max) => ({ min: null, max })),
  },
  {
    pattern: new RegExp(`${lead}${duration} (?:or|and) (?:less|shorter|under|below)`),
    read: durationRule((max) => ({ min: null, max })),
  },
  {
    pattern: new RegExp(`${lead}${duration} (?:max|maximum|tops|at most|or so max)`),
    read: durationRule((max) => ({ min: null, max })),
  },
  {
    pattern: new RegExp(`${lead}(\\d+) \\+ (hours?|hrs?|h|minutes?|mins?|m)${tail}`),
    read: ([count, unit = '']) => orLonger(scaled(count, unit.startsWith('h') ? 60 : 1)),
  },
  {
    pattern: new RegExp(`${lead}${atLeast} ${duration}${tail}`),
    read: durationRule((min) => ({ min, max: null })),
  },
  {
    pattern: new RegExp(
      `${lead}${duration} (?:(?:or|and) (?:more|longer|over|up|change)|plus|or so plus)|${duration} \\+`,
    ),
    read: durationRule((min) => ({ min, max: null })),
  },
  {
    pattern: new RegExp(`${lead}(?:(?:of )?${about} )?${duration}${tail}`),
    read: durationRule((value) => ({
      min: Math.max(1, value - toleranceMinutes),
      max: value + toleranceMinutes,
    })),
  },
  { pattern: /(?:not (?:too|so|very|that) |nothing too |isnt too )(?:long|lengthy)/, read: () => undefined },
  {
    pattern: /(?:(?:really|very|quite|pretty|fairly) )?(?:short|shorter|quick|brief)/,
    read: () => ({ min: null, max: 90 }),
  },
  {
    pattern: /(?:(?:really|very|quite|pretty|fairly) )?(?:long|lengthy)/,
    read: () => ({ min: 150, max: null }),
  },
];

/** Each bound comes from the first rule that has it: "no shorter than two hours and no longer than three" has both. */
function read(text: WordText): { value: NumberRange; spans: Span[] } {
  let value = open;
  const spans: Span[] = [];
  for (const { pattern, read: toRange } of rules) {
    for (const { groups, span } of text.findAll(pattern)) {
      if (spans.some((other) => overlaps(other, span))) continue;
      const range = toRange(groups);
      if (!range && !pattern.source.startsWith('(?:not')) continue;
      spans.push(span);
      value = { min: value.min ?? range?.min ?? null, max: value.max ?? range?.max ?? null };
      if (!range || (value.min !== null && value.max !== null)) return { value, spans };
    }
  }
  return { value, spans };
}

function toMinutes(groups: Groups): number | undefined {
  const [
    count,
    andHalf,
    shortHours,
    half,
    quarter,
    extra,
    spelledMinutes,
    shortMinutes,
    hoursOnly,
    minutesOnly,
  ] = groups;
  if (hoursOnly !== undefined) return Number(hoursOnly) * 60 + Number(minutesOnly);
  const wholeMinutes = spelledMinutes ?? shortMinutes;
  if (wholeMinutes !== undefined) return sum(wholeMinutes);
  const value =
    count === 'half an'
      ? 0.5
      : count === 'a' || count === 'an'
        ? 1
        : (toNumber(count) ?? toNumber(shortHours));
  if (value === undefined) return undefined;
  const extraMinutes = andHalf || half ? 30 : quarter ? 15 : extra ? (sum(extra) ?? 0) : 0;
  return Math.round(value * 60) + extraMinutes;
}

/** Adds up number words: "ninety five". */
function sum(words: string): number | undefined {
  return words.split(' ').reduce<number | undefined>((total, word) => {
    const value = toNumber(word);
    return total === undefined || value === undefined ? undefined : total + value;
  }, 0);
}

function scaled(word: string | undefined, factor: number): number | undefined {
  const value = word === 'a' || word === 'an' ? 1 : toNumber(word);
  return value === undefined ? undefined : value * factor;
}

const orLonger = (min: number | undefined): NumberRange | undefined =>
  min === undefined ? undefined : { min, max: null };

function ofBoth(min: number | undefined, max: number | undefined): NumberRange | undefined {
  return min === undefined || max === undefined
    ? undefined
    : { min: Math.min(min, max), max: Math.max(min, max) };
}
