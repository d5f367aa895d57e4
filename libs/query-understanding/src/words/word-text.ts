import { Mask, type Span, type Word } from './words.js';

/** Replaces masked words. No pattern matches it. */
const taken = '□';

export interface TextMatch {
  readonly groups: readonly (string | undefined)[];
  readonly span: Span;
}

/** Joins words to a text for patterns, with ` | ` where a clause begins and the signs of numbers ("$76m", "'89"). */
export class WordText {
  private readonly text: string;
  /** The offset of each word. */
  private readonly offsets: number[] = [];

  constructor(words: readonly Word[], mask: Mask = new Mask(words.length)) {
    let text = '';
    words.forEach((word, index) => {
      if (index > 0) text += word.startsClause ? ' | ' : ' ';
      this.offsets.push(text.length);
      text += mask.isTaken(index) ? taken : `${word.sign ?? ''}${word.text}`;
    });
    this.text = text;
  }

  /** Returns all matches of a pattern that consist of whole words. */
  findAll(pattern: RegExp): TextMatch[] {
    const whole = new RegExp(`(?<![^ ])(?:${pattern.source})(?![^ ])`, 'gu');
    return [...this.text.matchAll(whole)].map((match) => ({
      groups: match.slice(1),
      span: this.spanOf(match.index, match.index + match[0].length),
    }));
  }

  find(pattern: RegExp): TextMatch | undefined {
    return this.findAll(pattern)[0];
  }

  private spanOf(start: number, end: number): Span {
    const from = this.offsets.findIndex((offset) => offset >= start);
    const beyond = this.offsets.findIndex((offset) => offset >= end);
    return { from, to: beyond === -1 ? this.offsets.length : beyond };
  }
}
