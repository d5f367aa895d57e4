import { toNumber } from '../../vocabulary/media.js';
import { anyOf } from '../../words/phrase-pattern.js';
import { around, type Period } from './periods.js';
import {
  after,
  before,
  between,
  type Dates,
  during,
  duringYears,
  since,
  sinceYear,
  until,
} from './ranges.js';

type Groups = readonly (string | undefined)[];

interface Context {
  readonly thisYear: number;
  /** The periods that tokens stand for. */
  readonly periods: readonly Period[];
}

export interface YearRule {
  readonly pattern: RegExp;
  readonly read: (groups: Groups, context: Context) => Dates | undefined;
}

/** The token of a period. Its group is the number of the period. */
const period = '@(\\d+)';

const number =
  '(\\d{1,3}|one|two|three|four|five|six|seven|eight|nine|ten|fifteen|twenty|thirty|forty|fifty|couple of|few)';

const release = anyOf([
  'made',
  'released',
  'came out',
  'coming out',
  'come out',
  'filmed',
  'shot',
  'out',
  'produced',
  'opened',
  'opening',
  'premiered',
  'premiering',
  'debuted',
  'dated',
  'in (theaters|theatres|cinemas)',
]);
const made = `(?:(?:that (?:were|was|are|is) |that |which |was |were |is )?${release} )?`;
const adverbs =
  '(?:(?:long|well|way|far|shortly|just|right|sometime|some time|anytime|any time|soon|strictly|anywhere|somewhere) )*';
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
const earlier = anyOf(['before', 'prior to', 'earlier than', 'older than', 'pre', 'preceding']);
const later = anyOf(['after', 'later than', 'newer than', 'past', 'post', 'more recent than']);
const earlierThan = `${made}${adverbs}${anyOf(['before', 'prior to', 'earlier than', 'older than', 'pre', 'preceding', 'ahead of', 'up to but not including'])}`;
const laterThan = `${made}${adverbs}${anyOf(['after', 'later than', 'newer than', 'post', 'more recent than', 'following', 'past'])}`;
const from = anyOf(['since', 'from', 'starting (in|from|with)', 'starting', 'beginning (in|with)', 'as of']);
const sinceCue = anyOf([
  'since',
  'starting (in|from|with)',
  'starting',
  'beginning (in|with)',
  'as early as',
  'at the earliest',
  'on or after',
]);
const untilCue = anyOf([
  'up to and including',
  'until',
  'till',
  'up to',
  'through',
  'by',
  'as late as',
  'on or before',
  '(but )?(no|not) later than',
]);
const onward = anyOf([
  'onward',
  'onwards',
  '(or|and) (later|newer|after|afterwards?|up|since)',
  'at the earliest',
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
const orEarlier = anyOf(['(or|and) (earlier|older|before)', 'at the( very)? latest', 'latest']);
const approximately = anyOf([
  'around',
  'circa',
  'near',
  'roughly',
  'approximately',
  'approx',
  'close to',
  '(from|in) about',
  'ca',
]);
const timing = '(?:in|from|of|during|on|year|within|dated) ';

const rule = (pattern: string, read: YearRule['read']): YearRule => ({ pattern: new RegExp(pattern), read });

/** A rule that captures one period. */
const periodRule = (pattern: string, toDates: (period: Period) => Dates): YearRule =>
  rule(pattern, ([index], { periods }) => {
    const named = periods[Number(index)];
    return named && toDates(named);
  });

/** A rule that captures two periods. */
const periodsRule = (pattern: string): YearRule =>
  rule(pattern, ([a, b], { periods }) => {
    const [first, second] = [periods[Number(a)], periods[Number(b)]];
    return first && second && between(first, second);
  });

/** The time of a story: "set in 1942". */
export const storyTime = new RegExp(
  `(?:set|sets|takes? place|taking place|happens|happening|story|stories|events)(?: back| mostly| entirely| primarily)? (?:in|during|around|of|at)(?: the)? ${period}`,
);

/** In order of precedence: words that a rule has matched are not read by later rules. */
export const yearRules: readonly YearRule[] = [
  periodRule(`${not} ${earlier} ${period}`, since),
  periodRule(`${not} ${later} ${period}`, until),
  periodsRule(
    `${made}${adverbs}(?:(?:between|from|in|of|during) )?${period} (?:and|or|to|until|till|through|thru|up to) ${period}`,
  ),
  periodsRule(`${made}(?:between |from |in )?${period} ${period}`),
  periodRule(`${earlierThan} ${period}`, before),
  periodRule(`${laterThan} ${period}`, after),
  periodRule(`${made}${from} ${period} ${untilNow}`, since),
  periodRule(`${made}(?:${timing})?${period} ${onward}`, since),
  periodRule(`${made}(?:${timing})?${period} ${orEarlier}`, until),
  periodRule(`${made}${sinceCue} ${period}`, since),
  periodRule(`${made}${adverbs}${untilCue} ${period}`, until),
  rule(
    `(?:${made}(?:in|from|of|during|within|over) )?(?:the )?(?:last|past|previous) ${number} (years?|decades?)`,
    ([count, unit = ''], { thisYear }) => {
      const years = countOf(count) * (unit.startsWith('decade') ? 10 : 1);
      return years > 0 ? duringYears(thisYear - years, thisYear) : undefined;
    },
  ),
  rule(`${number} years? ago`, ([count], { thisYear }) => duringYears(thisYear - (toNumber(count) ?? 0))),
  rule(`(?:${made}(?:in|from) )?(?:this year|the current year)(?:s)?`, (_, { thisYear }) =>
    duringYears(thisYear),
  ),
  rule(`(?:${made}(?:in|from) )?(?:last|previous) years?`, (_, { thisYear }) => duringYears(thisYear - 1)),
  rule(`(?:${made}(?:in|from) )?(?:the )?(?:past|last) (?:twelve|12) months`, (_, { thisYear }) =>
    duringYears(thisYear - 1, thisYear),
  ),
  periodRule(`${made}${adverbs}(?:${timing})?${approximately} ${period}`, (named) => during(around(named))),
  periodRule(`${made}(?:${timing})?${period} (?:ish|or so|or thereabouts|give or take)`, (named) =>
    during(around(named)),
  ),
  periodRule(`${made}${adverbs}(?:${timing})?${period}`, during),
  rule('(?:of |from |in )?(?:this|the 21st|the twenty first|21st|twenty first) century', () =>
    sinceYear(2001),
  ),
  rule('(?:of |from |in )?(?:last|the 20th|the twentieth|20th|the last) century', () =>
    duringYears(1901, 2000),
  ),
];

function countOf(text: string | undefined): number {
  if (text === 'couple of') return 2;
  return text === 'few' ? 3 : (toNumber(text) ?? 0);
}
