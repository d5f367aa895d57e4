import type { Range } from '../../understanding.js';
import { toNumber } from '../../vocabulary/media.js';
import { anyOf } from '../../words/phrase-pattern.js';
import { decade, decadeOf, theDecade } from './decades.js';
import { between, type ClosedRange, exactly, since, until } from './ranges.js';

type Groups = readonly (string | undefined)[];

export interface YearRule {
  readonly pattern: RegExp;
  readonly read: (groups: Groups, thisYear: number) => Range | undefined;
}

const year = '((?:18|19|20|21)\\d\\d)';
const theYear = `(?:the )?(?:year )?${year}`;
const number =
  '(\\d{1,3}|one|two|three|four|five|six|seven|eight|nine|ten|fifteen|twenty|thirty|forty|fifty|couple of|few)';

const made =
  '(?:(?:that (?:were|was|are) |that )?(?:made|released|came out|filmed|shot|out|produced|coming out) )?';
const negation = anyOf([
  'nothing',
  'not',
  'no',
  'none',
  'never',
  'isnt',
  'wasnt',
  'dont want anything',
  'not anything',
]);
const releaseVerbs = anyOf(['made', 'released', 'from', 'out', 'that came out', 'shot', 'any']);
const not = `${negation}(?: ${releaseVerbs})?`;
const earlier = anyOf(['before', 'prior to', 'earlier than', 'older than', 'pre']);
const before = `${made}${anyOf(['before', 'prior to', 'earlier than', 'older than', 'pre', 'up to but not including'])}`;
const after = `${made}${anyOf(['after', 'later than', 'newer than', 'post', 'more recent than', 'following'])}`;
const sinceCue = `${made}${anyOf(['since', 'from', 'starting (in|from)', 'beginning in', 'as of'])}`;
const untilCue = `${made}${anyOf(['up to and including', 'until', 'till', 'up to', 'through', 'by', 'no later than', 'not later than'])}`;
const onward = anyOf([
  'onward',
  'onwards',
  'or later',
  'or newer',
  'and later',
  'and newer',
  'and up',
  'and after',
]);
const untilNow = anyOf([
  'on',
  'onward',
  'onwards',
  'and later',
  'and up',
  'and newer',
  'to now',
  'to today',
  'to present',
  'to the present',
  'and after',
  'or later',
  'or newer',
  'forward',
  'until now',
  'till now',
]);
const orEarlier = anyOf(['or earlier', 'or older', 'and earlier', 'and older', 'and before', 'or before']);

const rule = (pattern: string, read: YearRule['read']): YearRule => ({ pattern: new RegExp(pattern), read });

/** A rule whose first group is a year. */
const yearRule = (pattern: string, toRange: (year: number) => Range): YearRule =>
  rule(pattern, ([text]) => toRange(Number(text)));

/** A rule whose first two groups are years. */
const yearsRule = (pattern: string): YearRule => rule(pattern, ([a, b]) => between(Number(a), Number(b)));

/** A rule that captures one decade. */
const decadeRule = (pattern: string, toRange: (decade: ClosedRange) => Range): YearRule =>
  rule(pattern, (groups, thisYear) => {
    const range = decadeOf(groups, thisYear);
    return range && toRange(range);
  });

/** In order of precedence: words that a rule has matched are not read by later rules. */
export const yearRules: readonly YearRule[] = [
  yearRule(`${not} ${earlier} (?:the year )?${year}`, since),
  yearRule(
    `${not} ${anyOf(['after', 'later than', 'newer than', 'past', 'post', 'more recent than'])} (?:the year )?${year}`,
    until,
  ),
  decadeRule(`${not} ${earlier} ${theDecade}`, ({ from }) => since(from)),
  decadeRule(
    `${not} ${anyOf(['after', 'later than', 'newer than', 'past', 'post'])} ${theDecade}`,
    ({ to }) => until(to),
  ),
  rule(`(?:between|from) ${theDecade} (?:and|to|until|till|through) ${theDecade}`, (groups, thisYear) => ({
    from: decadeOf(groups, thisYear, 0)?.from ?? null,
    to: decadeOf(groups, thisYear, 1)?.to ?? null,
  })),
  yearsRule(`${made}(?:between|from|in)? ?${year} (?:and|to|until|till|through|thru) ${year}`),
  yearsRule(`${made}(?:between |from |in )?${year} ${year}`),
  yearRule(`${before} ${theYear}`, (value) => until(value - 1)),
  yearRule(`${after} ${theYear}`, (value) => since(value + 1)),
  yearRule(`${sinceCue} ${theYear} ${untilNow}`, since),
  yearRule(`${year} ${onward}`, since),
  yearRule(`${year} ${orEarlier}`, until),
  yearRule(`${made}(?:since|starting (?:in|from)|beginning in) ${theYear}`, since),
  yearRule(`${untilCue} ${theYear}`, until),
  decadeRule(`${before} ${theDecade}`, ({ from }) => until(from - 1)),
  decadeRule(`${after} ${theDecade}`, ({ to }) => since(to + 1)),
  decadeRule(`${made}since ${theDecade}`, ({ from }) => since(from)),
  decadeRule(`(?:until|till|up to) ${theDecade}`, ({ to }) => until(to)),
  rule(`${decade} (?:and|or|to|through) ${theDecade}`, (groups, thisYear) => {
    const [first, second] = [decadeOf(groups, thisYear, 0), decadeOf(groups, thisYear, 1)];
    return first && second && between(Math.min(first.from, second.from), Math.max(first.to, second.to));
  }),
  rule(
    `(?:${made}(?:in|from|of|during|within|over) )?(?:the )?(?:last|past|previous) ${number} (years?|decades?)`,
    ([count, unit = ''], thisYear) => {
      const years = countOf(count) * (unit.startsWith('decade') ? 10 : 1);
      return years > 0 ? { from: thisYear - years, to: thisYear } : undefined;
    },
  ),
  rule(`${number} years? ago`, ([count], thisYear) => exactly(thisYear - (toNumber(count) ?? 0))),
  decadeRule(`(?:${made}(?:in|from|of|during) )?${theDecade}`, (range) => range),
  rule(`(?:${made}(?:in|from) )?(?:this year|the current year)(?:s)?`, (_, thisYear) => exactly(thisYear)),
  rule(`(?:${made}(?:in|from) )?(?:last|previous) years?`, (_, thisYear) => exactly(thisYear - 1)),
  rule(`(?:${made}(?:in|from) )?(?:the )?(?:past|last) (?:twelve|12) months`, (_, thisYear) => ({
    from: thisYear - 1,
    to: thisYear,
  })),
  rule('(?:of |from |in )?(?:this|the 21st|the twenty first|21st) century', () => since(2001)),
  rule('(?:of |from |in )?(?:last|the 20th|the twentieth|20th|the last) century', () => between(1901, 2000)),
  yearRule(`${made}(?:in|from|of|during|circa|year) ${theYear}s?`, exactly),
  yearRule(year, exactly),
];

function countOf(text: string | undefined): number {
  if (text === 'couple of') return 2;
  return text === 'few' ? 3 : (toNumber(text) ?? 0);
}
