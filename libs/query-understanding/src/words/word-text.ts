import { Mask, type Span, type Word } from './words.js';

/** Replaces masked words. No pattern matches it. */
const taken = '□';

export interface TextMatch {
  readonly groups: readonly (string | undefined)[];
  readonly span: Span;
}

const compiled = new WeakMap<RegExp, RegExp>();

/** Returns a pattern that matches whole words only. */
function wholeWords(pattern: RegExp): RegExp {
  const known = compiled.get(pattern);
  if (known) return known;
  const whole = new RegExp(`(?<![^ ])(?:${pattern.source})(?![^ ])`, 'gu');
  compiled.set(pattern, whole);
  return whole;
}

/** Joins words to a text for patterns, with ` | ` where a clause begins and the signs of numbers ("$76m", "'89"). */
export class WordText {
  private readonly text: string;
  /** The offset of each word. */
  private readonly offsets: number[] = [];
  /** The end of each word. */
  private readonly ends: number[] = [];

  /**
   * @param isMarked words that are marked with `#`, such as spelled numbers
   * @param tokens spans that are replaced by `@0`, `@1` and so on
   */
  constructor(
    private readonly words: readonly Word[],
    private readonly mask: Mask = new Mask(words.length),
    isMarked: (text: string) => boolean = () => false,
    tokens: readonly Span[] = [],
  ) {
    let text = '';
    for (let index = 0; index < words.length;) {
      const word = words[index] as Word;
      if (index > 0) text += word.startsClause ? ' | ' : ' ';
      const token = tokens.findIndex(({ from }) => from === index);
      const end = tokens[token]?.to ?? index + 1;
      const start = text.length;
      if (token >= 0) text += `@${token}`;
      else
        text += mask.isTaken(index) ? taken : `${isMarked(word.text) ? '#' : (word.sign ?? '')}${word.text}`;
      for (; index < end; index++) {
        this.offsets.push(start);
        this.ends.push(text.length);
      }
    }
    this.text = text;
  }

  /** Returns the same text with spans replaced by `@0`, `@1` and so on, so that patterns around them stay small. */
  withTokens(spans: readonly Span[]): WordText {
    return new WordText(this.words, this.mask, undefined, spans);
  }

  /** The text that patterns match. */
  get all(): string {
    return this.text;
  }

  /** Returns all matches of a pattern that consist of whole words. */
  findAll(pattern: RegExp): TextMatch[] {
    return [...this.text.matchAll(wholeWords(pattern))].map((match) => ({
      groups: match.slice(1),
      span: this.spanOf(match.index, match.index + match[0].length),
    }));
  }

  find(pattern: RegExp): TextMatch | undefined {
    return this.findAll(pattern)[0];
  }

  /** Returns up to `count` words in front of a span. */
  before({ from }: Span, count: number): string {
    return this.text.slice(this.offsets[Math.max(0, from - count)], this.offsets[from]).trim();
  }

  /** Returns up to `count` words behind a span. */
  after({ to }: Span, count: number): string {
    const last = Math.min(to + count, this.ends.length) - 1;
    return this.text.slice(this.ends[to - 1], this.ends[last]).trim();
  }

  private spanOf(start: number, end: number): Span {
    const from = this.offsets.findIndex((offset) => offset >= start);
    const beyond = this.offsets.findIndex((offset) => offset >= end);
    return { from, to: beyond === -1 ? this.offsets.length : beyond };
  }
}
