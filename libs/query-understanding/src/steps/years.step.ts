import { parse as parseDates } from 'chrono-node';
import type { AnyStep } from '../graph/graph.js';
import type { Range } from '../understanding.js';
import { toNumber } from '../vocabulary/media.js';
import { Mask, type Span } from '../words/words.js';
import { WordText } from '../words/word-text.js';
import { namedSpans, ruleTimeoutMs, step } from './values.js';

const spelledDecades = [
  'twenties',
  'thirties',
  'forties',
  'fifties',
  'sixties',
  'seventies',
  'eighties',
  'nineties',
];
const decade = `(\\d{2}|\\d{3}0)s|(${spelledDecades.join('|')}|noughties|aughts|two thousands)|((?:this|last|past|previous) decade)`;
const part = '(?:(early|mid|middle|late)(?: (?:to (?:mid|late) )?(?:of )?)?(?:the )?)?';
const made =
  '(?:(?:that (?:were|was|are) |that )?(?:made|released|came out|filmed|shot|out|produced|coming out) )?';
const year = '((?:18|19|20|21)\\d\\d)';
const number =
  '(\\d{1,3}|one|two|three|four|five|six|seven|eight|nine|ten|fifteen|twenty|thirty|forty|fifty|couple of|few)';

const before = `${made}(?:before|prior to|earlier than|older than|pre|up to but not including)`;
const after = `${made}(?:after|later than|newer than|post|more recent than|following)`;
const since = `${made}(?:since|from|starting (?:in|from)|beginning in|as of)`;
const until = `${made}(?:up to and including|until|till|up to|through|by|no later than|not later than)`;

interface Rule {
  readonly pattern: RegExp;
  readonly read: (groups: readonly (string | undefined)[], thisYear: number) => Range | undefined;
}

/** The first that matches is what is meant; decades and years within it are not read again. */
const none =
  '(?:nothing|not|no|none|never|isnt|wasnt|dont want anything|not anything)(?: (?:made|released|from|out|that came out|shot|any))?';

const rules: readonly Rule[] = [
  {
    pattern: new RegExp(`${none} (?:before|prior to|earlier than|older than|pre) (?:the year )?${year}`),
    read: ([y]) => ({ from: Number(y), to: null }),
  },
  {
    pattern: new RegExp(
      `${none} (?:after|later than|newer than|past|post|more recent than) (?:the year )?${year}`,
    ),
    read: ([y]) => ({ from: null, to: Number(y) }),
  },
  {
    pattern: new RegExp(
      `${none} (?:before|prior to|earlier than|older than|pre) (?:the )?${part}(?:${decade})`,
    ),
    read: ([p, a, b, c], now) => shift(decadeOf(p, a, b, c, now), ({ from }) => ({ from, to: null })),
  },
  {
    pattern: new RegExp(`${none} (?:after|later than|newer than|past|post) (?:the )?${part}(?:${decade})`),
    read: ([p, a, b, c], now) => shift(decadeOf(p, a, b, c, now), ({ to }) => ({ from: null, to })),
  },
  {
    pattern: new RegExp(
      `(?:between|from) (?:the )?${part}(?:${decade}) (?:and|to|until|till|through) (?:the )?${part}(?:${decade})`,
    ),
    read: ([p1, a, b, c, p2, d, e, f], now) => ({
      from: decadeOf(p1, a, b, c, now)?.from ?? null,
      to: decadeOf(p2, d, e, f, now)?.to ?? null,
    }),
  },
  {
    pattern: new RegExp(`${made}(?:between|from|in)? ?${year} (?:and|to|until|till|through|thru) ${year}`),
    read: ([from, to]) => ordered(Number(from), Number(to)),
  },
  {
    pattern: new RegExp(`${made}(?:between |from |in )?${year} ${year}`),
    read: ([from, to]) => ordered(Number(from), Number(to)),
  },
  {
    pattern: new RegExp(`${before} (?:the )?(?:year )?${year}`),
    read: ([y]) => ({ from: null, to: Number(y) - 1 }),
  },
  {
    pattern: new RegExp(`${after} (?:the )?(?:year )?${year}`),
    read: ([y]) => ({ from: Number(y) + 1, to: null }),
  },
  {
    pattern: new RegExp(
      `${since} (?:the )?(?:year )?${year} (?:on|onward|onwards|and later|and up|and newer|to now|to today|to present|to the present|and after|or later|or newer|forward|until now|till now)`,
    ),
    read: ([y]) => ({ from: Number(y), to: null }),
  },
  {
    pattern: new RegExp(`${year} (?:onward|onwards|or later|or newer|and later|and newer|and up|and after)`),
    read: ([y]) => ({ from: Number(y), to: null }),
  },
  {
    pattern: new RegExp(`${year} (?:or earlier|or older|and earlier|and older|and before|or before)`),
    read: ([y]) => ({ from: null, to: Number(y) }),
  },
  {
    pattern: new RegExp(`${made}(?:since|starting (?:in|from)|beginning in) (?:the )?(?:year )?${year}`),
    read: ([y]) => ({ from: Number(y), to: null }),
  },
  {
    pattern: new RegExp(`${until} (?:the )?(?:year )?${year}`),
    read: ([y]) => ({ from: null, to: Number(y) }),
  },
  {
    pattern: new RegExp(`${before} (?:the )?${part}(?:${decade})`),
    read: ([p, a, b, c], now) =>
      shift(decadeOf(p, a, b, c, now), (range) => ({ from: null, to: range.from - 1 })),
  },
  {
    pattern: new RegExp(`${after} (?:the )?${part}(?:${decade})`),
    read: ([p, a, b, c], now) =>
      shift(decadeOf(p, a, b, c, now), (range) => ({ from: range.to + 1, to: null })),
  },
  {
    pattern: new RegExp(`${made}since (?:the )?${part}(?:${decade})`),
    read: ([p, a, b, c], now) => shift(decadeOf(p, a, b, c, now), ({ from }) => ({ from, to: null })),
  },
  {
    pattern: new RegExp(`(?:until|till|up to) (?:the )?${part}(?:${decade})`),
    read: ([p, a, b, c], now) => shift(decadeOf(p, a, b, c, now), ({ to }) => ({ from: null, to })),
  },
  {
    pattern: new RegExp(`${part}(?:${decade}) (?:and|or|to|through) (?:the )?${part}(?:${decade})`),
    read: ([p1, a, b, c, p2, d, e, f], now) => {
      const [first, second] = [decadeOf(p1, a, b, c, now), decadeOf(p2, d, e, f, now)];
      return first && second && ordered(Math.min(first.from, second.from), Math.max(first.to, second.to));
    },
  },
  {
    pattern: new RegExp(
      `(?:${made}(?:in|from|of|during|within|over) )?(?:the )?(?:last|past|previous) ${number} (years?|decades?)`,
    ),
    read: ([count, unit = ''], now) => {
      const years =
        (count === 'couple of' ? 2 : count === 'few' ? 3 : (toNumber(count) ?? 0)) *
        (unit.startsWith('decade') ? 10 : 1);
      return years > 0 ? { from: now - years, to: now } : undefined;
    },
  },
  {
    pattern: new RegExp(`${number} years? ago`),
    read: ([count], now) => exact(now - (toNumber(count) ?? 0)),
  },
  {
    pattern: new RegExp(`(?:${made}(?:in|from|of|during) )?(?:the )?${part}(?:${decade})`),
    read: ([p, a, b, c], now) => decadeOf(p, a, b, c, now),
  },
  {
    pattern: new RegExp(`(?:${made}(?:in|from) )?(?:this year|the current year)(?:s)?`),
    read: (_, now) => exact(now),
  },
  {
    pattern: new RegExp(`(?:${made}(?:in|from) )?(?:last|previous) years?`),
    read: (_, now) => exact(now - 1),
  },
  {
    pattern: new RegExp(`(?:${made}(?:in|from) )?(?:the )?(?:past|last) (?:twelve|12) months`),
    read: (_, now) => ({ from: now - 1, to: now }),
  },
  {
    pattern: /(?:of |from |in )?(?:this|the 21st|the twenty first|21st) century/,
    read: () => ({ from: 2001, to: null }),
  },
  {
    pattern: /(?:of |from |in )?(?:last|the 20th|the twentieth|20th|the last) century/,
    read: () => ({ from: 1901, to: 2000 }),
  },
  {
    pattern: new RegExp(`${made}(?:in|from|of|during|circa|year) (?:the )?(?:year )?${year}s?`),
    read: ([y]) => exact(Number(y)),
  },
  { pattern: new RegExp(year), read: ([y]) => exact(Number(y)) },
];

/** @param now the clock; tests hand in theirs */
export function yearsStep(now: () => Date): AnyStep {
  return step({
    name: 'years',
    description: 'Years and decades, also by the release of a film that is named',
    inputs: ['spelling', 'titles', 'people'],
    timeoutMs: ruleTimeoutMs,
    run: ({ spelling: words, titles, people }) => {
      const mask = new Mask(words.length, namedSpans(titles, people));
      const byTitle = titles.flatMap(({ as, year: released }) =>
        released === undefined || (as !== 'before' && as !== 'after' && as !== 'since')
          ? []
          : [
              as === 'before'
                ? { from: null, to: released - 1 }
                : { from: as === 'since' ? released : released + 1, to: null },
            ],
      );
      const byWords = readWords(new WordText(words, mask), now());
      return { value: [...byTitle, ...byWords.value].reduce(intersect, open), spans: byWords.spans };
    },
    fallback: () => ({ value: open, spans: [] }),
  });
}

const open: Range = { from: null, to: null };

function readWords(text: WordText, now: Date): { value: Range[]; spans: Span[] } {
  const value: Range[] = [];
  const spans: Span[] = [];
  for (const { pattern, read } of rules) {
    for (const { groups, span } of text.findAll(pattern)) {
      if (spans.some(({ from, to }) => span.from < to && from < span.to)) continue;
      const range = read(groups, now.getUTCFullYear());
      if (!range) continue;
      value.push(range);
      spans.push(span);
    }
  }
  if (value.length === 0) return byDate(text, now);
  return { value, spans };
}

/** What is left to a date parser: "since last summer", "after March 2015". */
function byDate(text: WordText, now: Date): { value: Range[]; spans: Span[] } {
  const match = text.find(/(?:made |released |out )?(before|after|since) ((?:[a-z0-9]+ ){0,3}[a-z0-9]+)/);
  const [cue, phrase = ''] = match?.groups ?? [];
  const [date] = match ? parseDates(phrase, now) : [];
  if (!match || !date?.start.isCertain('month') || date.index > 0) return { value: [], spans: [] };
  const named = date.start.get('year');
  if (named === null) return { value: [], spans: [] };
  return {
    value: [cue === 'before' ? { from: null, to: named } : { from: named, to: null }],
    spans: [match.span],
  };
}

function decadeOf(
  portion: string | undefined,
  digits: string | undefined,
  spelled: string | undefined,
  relative: string | undefined,
  thisYear: number,
): { from: number; to: number } | undefined {
  const start = relative
    ? relativeDecade(relative, thisYear)
    : spelled
      ? spelledDecade(spelled)
      : digitDecade(digits ?? '');
  if (start === undefined) return undefined;
  if (relative && !relative.startsWith('this')) return { from: thisYear - 10, to: thisYear };
  switch (portion) {
    case 'early':
      return { from: start, to: start + 3 };
    case 'mid':
    case 'middle':
      return { from: start + 4, to: start + 6 };
    case 'late':
      return { from: start + 7, to: start + 9 };
    default:
      return { from: start, to: start + 9 };
  }
}

const relativeDecade = (phrase: string, thisYear: number): number =>
  Math.floor(thisYear / 10) * 10 - (phrase.startsWith('this') ? 0 : 10);

function spelledDecade(word: string): number {
  const index = spelledDecades.indexOf(word);
  return index === -1 ? 2000 : 1920 + 10 * index;
}

/** "80" is 1980, "10" 2010, "2000" the first decade. */
function digitDecade(digits: string): number | undefined {
  const value = Number(digits);
  if (value % 10 !== 0) return undefined;
  if (digits.length === 4) return value;
  return value <= 20 ? 2000 + value : 1900 + value;
}

const exact = (value: number): Range => ({ from: value, to: value });
const ordered = (a: number, b: number): Range => ({ from: Math.min(a, b), to: Math.max(a, b) });
const shift = (
  range: { from: number; to: number } | undefined,
  make: (range: { from: number; to: number }) => Range,
) => range && make(range);

function intersect(a: Range, b: Range): Range {
  const from = a.from === null ? b.from : b.from === null ? a.from : Math.max(a.from, b.from);
  const to = a.to === null ? b.to : b.to === null ? a.to : Math.min(a.to, b.to);
  // Two that exclude each other are two wishes, not none.
  return from !== null && to !== null && from > to ? { from: to, to: from } : { from, to };
}
