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
  /\d+(?:\.\d+)?(?=[%/+]|\b(?!['’]\p{L}))|[%/+]|[\p{L}\p{N}]+(?:['’][\p{L}\p{N}]+)*|[\p{L}\p{N}]+/gu;

/** Splits a normalized query into words. */
export function toWords(normalized: string): Word[] {
  const text = normalized
    .replace(/&/g, ' and ')
    .replace(/(\d),(?=\d{3})/g, '$1')
    .replace(/(?:>=|≥|>)/g, ' over ')
    .replace(/(?:<=|≤|<)/g, ' under ')
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
    });
  }
  return words;
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
