import { anyOf } from '../../words/phrase-pattern.js';
import { addDays, type Day, dayOf, exists, lastDayOf, yearOf } from './calendar.js';
import { decade, decadeOf } from './decades.js';

/** A period that a query names. Both days are inclusive. */
export interface Period {
  readonly from: Day;
  readonly to: Day;
  /** The unit in which the period is named. `part` is a season, or a part of a year or month. */
  readonly unit: 'day' | 'month' | 'part' | 'year' | 'decade';
  /** For "the start of 2010" and "the end of 2010", which "after" and "before" take for a point in time. */
  readonly edge?: 'start' | 'end';
}

type Groups = readonly (string | undefined)[];

interface Form {
  readonly source: string;
  readonly read: (groups: Groups, thisYear: number) => Period | undefined;
}

const year = "((?:18|19|20|21)\\d\\d|'\\d\\d)";
const theYear = `(?:the )?(?:year )?${year}`;
const monthNames = [
  'jan(?:uary)?',
  'feb(?:ruary)?',
  'mar(?:ch)?',
  'apr(?:il)?',
  'may',
  'june?',
  'july?',
  'aug(?:ust)?',
  'sept?(?:ember)?',
  'oct(?:ober)?',
  'nov(?:ember)?',
  'dec(?:ember)?',
];
const month = `(${monthNames.join('|')})`;
const day = '(\\d{1,2})(?:st|nd|rd|th)?';
const part =
  '(?:the )?(early(?: to)? mid|mid(?: to)? late|early|mid|middle|late|beginning|start|end|close|first half|second half|latter half|h1|h2)(?: (?:in|of))?(?: the)?';
const quarters = '(q[1-4]|[1-4]q|(?:first|second|third|fourth|last|1st|2nd|3rd|4th) quarter)';
const seasons = '(spring|summer|fall|autumn|winter)';

/** In order of precedence. Groups are those of the form alone. */
const forms: readonly Form[] = [
  {
    source: "(\\d{1,2}) / (\\d{1,2}) / (\\d{4}|'?\\d{2})",
    read: ([a, b, c]) => numericDay(toYear(c), Number(a), Number(b)),
  },
  {
    source: '(\\d{4}) (?:/ )?(0[1-9]|1[0-2]) (?:/ )?(0[1-9]|[12]\\d|3[01])',
    read: ([y, m, d]) => dayPeriod(Number(y), Number(m), Number(d)),
  },
  { source: '((?:18|19|20|21)\\d\\d) 0([1-9])', read: ([y, m]) => months(Number(y), Number(m)) },
  {
    source: '(\\d{2}) (\\d{2}) ((?:18|19|20|21)\\d\\d)',
    read: ([a, b, c]) => numericDay(Number(c), Number(a), Number(b)),
  },
  {
    source: `${month} (?:the )?${day}(?: of)?(?: in)? ${year}`,
    read: ([m, d, y]) => dayPeriod(toYear(y), toMonth(m), Number(d)),
  },
  {
    source: `(?:the )?${day} (?:of )?${month}(?: of| in)? ${year}`,
    read: ([d, m, y]) => dayPeriod(toYear(y), toMonth(m), Number(d)),
  },
  {
    source: `(?:(?:the )?month of )?${month}(?: of| in)?(?: the year)? ${year}`,
    read: ([m, y]) => months(toYear(y), toMonth(m)),
  },
  {
    source: `(?:between |from )?${month}(?: and| or| to| through| until)? ${month}(?: of)? ${year}`,
    read: ([first, last, y]) => months(toYear(y), toMonth(first), toMonth(last)),
  },
  { source: `(0?[1-9]|1[0-2]) / (\\d{4})`, read: ([m, y]) => months(Number(y), Number(m)) },
  {
    source: `${part} ${month}(?: of| in)? ${year}`,
    read: ([p, m, y]) => partOfMonth(toYear(y), toMonth(m), p),
  },
  {
    source: `(?:the )?${quarters}(?: of)?(?: the year)? ${year}`,
    read: ([q, y]) => quarter(toYear(y), q),
  },
  { source: `${year} ${quarters}`, read: ([y, q]) => quarter(toYear(y), q) },
  {
    source: `(?:the )?(?:early |mid |late )?${seasons}(?: of| in)?(?: the year)? ${year}`,
    read: ([s, y]) => season(toYear(y), s),
  },
  { source: `${part} ${theYear}`, read: ([p, y]) => partOfYear(toYear(y), p) },
  {
    source: `(?:the )?(first|second|latter) half of (?:the )?${decade}`,
    read: ([half, ...groups], thisYear) => halfOf(decadeOf(groups, thisYear), half),
  },
  {
    source: '(?:the )?(first|second|latter) half of (?:the )?(19th|20th|21st|nineteenth|twentieth) century',
    read: ([half, name]) => halfOf(centuryOf(name), half),
  },
  {
    source: '(?:the )?first decade of (?:the )?(?:2000s|21st century|new millennium|new century)',
    read: () => years(2000, 2009),
  },
  {
    source: `(?:the )?${decade}`,
    read: (groups, thisYear) => {
      const range = decadeOf(groups, thisYear);
      return range && years(range.from, range.to);
    },
  },
  {
    source: `(?:the )?(?:year )?${year}s?`,
    read: ([y]) => ({ ...years(toYear(y), toYear(y)), unit: 'year' }),
  },
];

/** The source of a pattern that captures a period as one group. */
export const period = `(${forms.map(({ source }) => withoutGroups(source)).join('|')})`;

const patterns = forms.map(({ source, read }) => ({ pattern: new RegExp(`^(?:${source})$`), read }));

/** Reads what `period` has captured. */
export function periodOf(text: string | undefined, thisYear: number): Period | undefined {
  if (text === undefined) return undefined;
  for (const { pattern, read } of patterns) {
    const match = pattern.exec(text);
    const found = match && read(match.slice(1), thisYear);
    if (found) return found;
  }
  return undefined;
}

/** Returns a period with its tolerance, for "around 1999". Wider units have none. */
export function around(named: Period): Period {
  switch (named.unit) {
    case 'day':
      return { ...named, from: addDays(named.from, -14), to: addDays(named.to, 14) };
    case 'month': {
      const [y, m] = [yearOf(named.from), Number(named.from.slice(5, 7))];
      return { ...named, from: dayOf(y, m - 1), to: lastDayOf(y, m + 1) };
    }
    case 'year':
      return { ...named, from: dayOf(yearOf(named.from) - 2), to: lastDayOf(yearOf(named.to) + 2) };
    default:
      return named;
  }
}

function withoutGroups(source: string): string {
  return anyOf([source]);
}

/** "1987", "'87" or, in numeric dates, "87". */
function toYear(text = ''): number {
  const value = Number(text.replace("'", ''));
  if (value >= 100) return value;
  return value < 30 ? 2000 + value : 1900 + value;
}

const toMonth = (text = ''): number =>
  monthNames.findIndex((name) => new RegExp(`^(?:${name})$`).test(text)) + 1;

/** Month, day and year; day, month and year where it can be nothing else. */
function numericDay(y: number, a: number, b: number): Period | undefined {
  return a > 12 && b <= 12 ? dayPeriod(y, b, a) : dayPeriod(y, a, b);
}

function dayPeriod(y: number, m: number, d: number): Period | undefined {
  if (!exists(y, m, d)) return undefined;
  return { from: dayOf(y, m, d), to: dayOf(y, m, d), unit: 'day' };
}

function months(y: number, first: number, last = first): Period {
  return { from: dayOf(y, first), to: lastDayOf(y, last), unit: first === last ? 'month' : 'part' };
}

function years(from: number, to: number): Period {
  return { from: dayOf(from), to: lastDayOf(to), unit: 'decade' };
}

function quarter(y: number, text = ''): Period {
  const digit = /[1-4]/.exec(text)?.[0];
  const number = digit ? Number(digit) : ['first', 'second', 'third'].indexOf(text.split(' ')[0] ?? '') + 1;
  // "fourth" and "last".
  const last = (number || 4) * 3;
  return months(y, last - 2, last);
}

/** Winter is at both ends of a year, so it is the whole year. */
function season(y: number, name = ''): Period {
  const first = { spring: 3, summer: 6, fall: 9, autumn: 9 }[name];
  return first === undefined ? { ...years(y, y), unit: 'year' } : months(y, first, first + 2);
}

function partOfYear(y: number, name = ''): Period {
  switch (name) {
    case 'first half':
    case 'h1':
      return months(y, 1, 6);
    case 'second half':
    case 'latter half':
    case 'h2':
      return months(y, 7, 12);
    case 'early mid':
    case 'early to mid':
      return months(y, 1, 8);
    case 'mid late':
    case 'mid to late':
      return months(y, 5, 12);
    default: {
      const third = thirdOf(name);
      return { ...months(y, third * 4 + 1, third * 4 + 4), ...edgeOf(name) };
    }
  }
}

function partOfMonth(y: number, m: number, name = ''): Period {
  const last = lastDayOf(y, m);
  if (/half|h[12]/.test(name)) {
    return /first|h1/.test(name)
      ? { from: dayOf(y, m), to: dayOf(y, m, 15), unit: 'part' }
      : { from: dayOf(y, m, 16), to: last, unit: 'part' };
  }
  const third = thirdOf(name);
  const from = dayOf(y, m, third * 10 + 1);
  return { from, to: third === 2 ? last : dayOf(y, m, third * 10 + 10), unit: 'part', ...edgeOf(name) };
}

function thirdOf(name: string): 0 | 1 | 2 {
  if (/early|beginning|start/.test(name)) return 0;
  return /mid/.test(name) ? 1 : 2;
}

function edgeOf(name: string): Pick<Period, 'edge'> {
  if (/beginning|start/.test(name)) return { edge: 'start' };
  return /end|close/.test(name) ? { edge: 'end' } : {};
}

const centuryOf = (name = ''): { from: number; to: number } => {
  const start = { '19th': 1801, nineteenth: 1801, '21st': 2001 }[name] ?? 1901;
  return { from: start, to: start + 99 };
};

function halfOf(range: { from: number; to: number } | undefined, half = ''): Period | undefined {
  if (!range) return undefined;
  const middle = range.from + (range.to - range.from + 1) / 2;
  return half === 'first' ? years(range.from, middle - 1) : years(middle, range.to);
}
