/** A word of a query, folded: lower case, no accents, no punctuation. */
export interface Word {
  readonly text: string;
  /** The word as it appears in the normalized query. */
  readonly original: string;
  /** `nolan` for `nolan's`. */
  readonly possessor: string | undefined;
  /** True at the beginning of the query and after a comma, period, colon or bracket. */
  readonly startsClause: boolean;
  /** True within quotation marks. */
  readonly quoted: boolean;
  /** The sign before a number: `$` of "$76M", `'` of "'89". */
  readonly sign?: '$' | "'" | undefined;
}

/** A range of word indexes; `to` is exclusive. */
export interface Span {
  readonly from: number;
  readonly to: number;
}

/** Returns whether two spans share a word. */
export const overlaps = (a: Span, b: Span): boolean => a.from < b.to && b.from < a.to;

/** Normalizes a query for its cache key: NFKC, trimmed, single spaces, lower case. */
export function normalize(query: string): string {
  return query.normalize('NFKC').trim().replace(/\s+/gu, ' ').toLowerCase();
}

/** Folds a text for comparison: lower case, without accents and punctuation, hyphens as spaces. */
export function fold(text: string): string {
  const lowerCase = text.toLowerCase();
  // Most titles and names need nothing else, and thousands are folded at start.
  if (/^[a-z\d]+(?: [a-z\d]+)*$/.test(lowerCase)) return lowerCase;
  return text
    .normalize('NFKD')
    .replace(/\p{M}/gu, '')
    .toLowerCase()
    .replace(/ø/g, 'o')
    .replace(/ß/g, 'ss')
    .replace(/ł/g, 'l')
    .replace(/æ/g, 'ae')
    .replace(/['’‘`]/g, '')
    .replace(/&/g, ' and ')
    .replace(/(\d),(?=\d{3})/g, '$1')
    .replace(/(?<!\d)\.|\.(?!\d)/g, ' ')
    .replace(/[^\p{L}\p{N}.%/+]+/gu, ' ')
    .trim();
}

const wordPattern =
  /\d+\.\d+\p{L}+|\d+(?:\.\d+)?(?=[%/+]|\b(?!['’]\p{L}))|[%/+]|[\p{L}\p{N}]+(?:['’][\p{L}\p{N}]+)*|[\p{L}\p{N}]+/gu;

const month = '(?:jan|feb|mar|apr|jun|jul|aug|sept?|oct|nov|dec)';
const abbreviation = new RegExp(`\\b(${month}|approx|ca|min|max)\\.(?=\\s?[$'’\\d])`, 'g');
const commaBeforeYear = new RegExp(
  `(?<=\\b(?:${month}|may)\\p{L}{0,6}(?: \\d{1,2}(?:st|nd|rd|th)?)?),(?=\\s?(?:18|19|20)\\d\\d)`,
  'gu',
);

/** Spells out signs around numbers, and removes punctuation within numbers and dates that would separate clauses. */
const plainNumbers = (text: string): string =>
  text
    .replace(/(\d),(?=\d{3})/g, '$1')
    .replace(/(?:>=|≥|>)/g, ' over ')
    .replace(/(?:<=|≤|<)/g, ' under ')
    .replace(/[~≈]\s?(?=[$\d])/g, ' about ')
    .replace(/(?<=\d\p{L}{0,5}\s?)[–—](?=\s?[$'’]?\d)/gu, '-')
    .replace(abbreviation, '$1')
    .replace(commaBeforeYear, '');

/** Splits a normalized query into words. */
export function toWords(normalized: string): Word[] {
  const text = plainNumbers(normalized)
    .replace(/&/g, ' and ')
    .replace(/\bw\/o(?=\s)/g, 'without')
    .replace(/\bw\/(?=\s?\p{L})/gu, 'with ');
  const words: Word[] = [];
  let end = 0;
  let quotes = 0;
  for (const match of text.matchAll(wordPattern)) {
    const before = text.slice(end, match.index);
    quotes += before.match(/["“”«»]/g)?.length ?? 0;
    end = match.index + match[0].length;
    const original = match[0];
    const possessor = /^(.+)['’]s$/.exec(original)?.[1];
    words.push({
      text: fold(original) || original,
      original,
      possessor: possessor === undefined ? undefined : fold(possessor),
      startsClause: words.length === 0 || /[,.;:!?()–—]/.test(before),
      quoted: quotes % 2 === 1,
      sign: signBefore(before, original),
    });
  }
  return words;
}

function signBefore(before: string, word: string): Word['sign'] {
  if (!/^\d/.test(word)) return undefined;
  if (/\$\s?$/.test(before)) return '$';
  return /['’‘`]$/.test(before) && /^\d\d(?:s|ers?)?$/.test(word) ? "'" : undefined;
}

/** Returns the words of a span, joined with spaces, as a lookup key. */
export function phraseOf(words: readonly Word[], { from, to }: Span): string {
  return words
    .slice(from, to)
    .map(({ text }) => text)
    .join(' ');
}

/** Marks words that have already been read. */
export class Mask {
  private readonly taken: boolean[];

  constructor(length: number, spans: Iterable<Span> = []) {
    this.taken = new Array<boolean>(length).fill(false);
    for (const span of spans) this.take(span);
  }

  take({ from, to }: Span): void {
    this.taken.fill(true, from, to);
  }

  isTaken(index: number): boolean {
    return this.taken[index] ?? false;
  }

  isFree({ from, to }: Span): boolean {
    return to <= this.taken.length && !this.taken.slice(from, to).includes(true);
  }
}
