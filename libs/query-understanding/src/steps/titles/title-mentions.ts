import type { KnownTitle } from '@app/catalogue';
import { Mask, type Span, type Word } from '../../words/words.js';
import type { TitleMention } from '../values.js';

/** Collects the titles that a query mentions. Each word belongs to at most one mention; the first one wins. */
export class TitleMentions {
  private readonly mentions: TitleMention[] = [];
  private readonly mask: Mask;

  constructor(wordCount: number) {
    this.mask = new Mask(wordCount);
  }

  get all(): TitleMention[] {
    return this.mentions;
  }

  isFree(span: Span): boolean {
    return this.mask.isFree(span);
  }

  add(mention: TitleMention): void {
    if (!this.mask.isFree(mention.span)) return;
    this.mask.take(mention.span);
    this.mentions.push(mention);
  }
}

export function mentionOf({ title, year }: KnownTitle, as: TitleMention['as'], span: Span): TitleMention {
  return { title, year, as, span };
}

/** Returns a mention of a movie that is in no list, titled with the viewer's own words. */
export function unknownMention(words: readonly Word[], as: TitleMention['as'], span: Span): TitleMention {
  const title = words.map(({ original }) => original.replace(/^\p{L}/u, (letter) => letter.toUpperCase()));
  return { title: title.join(' '), year: undefined, as, span };
}
