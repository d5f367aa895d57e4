import type { KnownTitle } from '@app/catalogue';
import type { TitleIndex } from '../../names/title-index.js';
import { isOrdinaryPhrase } from '../../vocabulary/ordinary-words.js';
import { phraseOf, type Span, type Word } from '../../words/words.js';

export interface FoundTitle {
  readonly title: KnownTitle;
  /** The index of the first word after the title. */
  readonly to: number;
}

const minMisspelledLength = 5;
const leadingNoun = /^(?:the movie|the film|movie|film|movies like)$/;

/** Looks up the words of a query in the index of titles. */
export class TitleLookup {
  constructor(
    readonly words: readonly Word[],
    private readonly index: TitleIndex,
  ) {}

  /** Returns the text of the word at an index, or an empty string outside of the query. */
  text(index: number): string {
    return this.words[index]?.text ?? '';
  }

  phrase(span: Span): string {
    return phraseOf(this.words, span);
  }

  find(span: Span): KnownTitle | undefined {
    return this.index.find(this.phrase(span));
  }

  /** Returns the title that is closest to a misspelled one. */
  findNear(span: Span): KnownTitle | undefined {
    return this.index.findNear(this.phrase(span));
  }

  /** Returns the spans that begin at a word and are short enough for a title, longest first. */
  *spansFrom(from: number): Generator<Span> {
    for (let to = Math.min(this.words.length, from + this.index.longest); to > from; to--) yield { from, to };
  }

  /** Returns the longest correctly spelled title that begins at a word, optionally after "the movie". */
  titleAt(from: number): FoundTitle | undefined {
    const start = this.skipNoun(from);
    for (const { to } of this.spansFrom(from)) {
      const span = { from: start, to };
      const title = this.crossesClause(span) ? undefined : this.find(span);
      if (title) return { title, to };
    }
    return undefined;
  }

  /** Like `titleAt`, but falls back to the longest misspelled title. */
  fuzzyTitleAt(from: number): FoundTitle | undefined {
    const exact = this.titleAt(from);
    if (exact) return exact;
    const start = this.skipNoun(from);
    for (const { to } of this.spansFrom(from)) {
      if (to <= start) break;
      const span = { from: start, to };
      const phrase = this.phrase(span);
      if (this.crossesClause(span) || phrase.length < minMisspelledLength || isOrdinaryPhrase(phrase))
        continue;
      const title = this.findNear(span);
      if (title) return { title, to };
    }
    return undefined;
  }

  private skipNoun(from: number): number {
    const length = [2, 1].find((count) => leadingNoun.test(this.phrase({ from, to: from + count })));
    return from + (length ?? 0);
  }

  private crossesClause({ from, to }: Span): boolean {
    return this.words.slice(from + 1, to).some(({ startsClause }) => startsClause);
  }
}
