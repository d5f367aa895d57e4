import type { KnownTitle, TitleIndex } from '../names/title-index.js';
import { lexicon } from '../vocabulary/lexicon.js';
import { mediaWords } from '../vocabulary/media.js';
import { correctSpelling } from '../words/correct-spelling.js';
import { Mask, phraseOf, type Span, type Word } from '../words/words.js';
import { type TextMatch, WordText } from '../words/word-text.js';
import type { AnyStep } from '../graph/graph.js';
import { ruleTimeoutMs, step, type TitleMention } from './values.js';

const likeness =
  /(?:(?:something|anything|movies?|films?|stuff|flicks?|one|ones|more|much|just|are|is|be) )?(?:like very much|like|similar(?: in \w+)? to|simlar to|similiar to|resembling|reminiscent of|akin to|comparable to|in the (?:vein|style|spirit|mould|mold|tradition) of|along the lines of|(?:same|similar) (?:vibe|vibes|feel|feeling|mood|tone|style)s? (?:as|to)|vibes? of|feels? of|spirit of|remind(?:s)? me of|in the same (?:vein|league) as|a la|(?:i|we|you|who|just|really|absolutely|people who|someone who|also)(?: (?:just|really|absolutely|also|recently))* (?:loved|love|liked|enjoyed|enjoy|adored|adore|watched|saw|finished)|loved|enjoyed|(?:big |huge )?fans? of|if you liked|after watching|as good as|sequels? to|companion to|alternatives? to|follow up to|scratch(?:es|ing)? the same itch as|(?:really |quite |very |so )?fond of|in the manner of|like very much|same energy as|(?:in )?the spirit of|comparable with|on par with|cross between|mix of|mixture of|evoke(?:s)?|channel(?:s)?|inspired by|crazy about|obsessed with|love(?:d)? the movie|love(?:d)? the film)/;
const dated =
  /((?:(?:made|released|came out|shot|filmed|out|from|produced) )?(?:before|prior to|earlier than|older than|after|since|later than|newer than|following))/;
/** Before "like": then it is a verb, or rules the likeness out. */
const notLike = new Set([
  'would',
  'id',
  'i',
  'we',
  'you',
  'youd',
  'dont',
  'feel',
  'to',
  'people',
  'kids',
  'they',
  'looks',
  'look',
  'not',
]);

/** What may stand around a title that is all that is asked for. */
const wrappers = [
  /(?:please )?(?:can|could|would) (?:you|i|we) (?:please )?(?:find|show|play|watch|get|tell|stream|rent|buy)(?: me| us)?/,
  /(?:please )?(?:find|show|play|watch|open|search|get|start|put on|stream|look up|queue|resume|rent|buy|pull up|bring up)(?: me| up| for)?/,
  /where (?:can|could|do) (?:i|we|you) (?:watch|stream|find|see|rent|buy)/,
  /where is/,
  /(?:i|we) (?:want|would like|d like|need|feel like|wanna)(?: to)? (?:watch|watching|see|seeing)/,
  /(?:id|wed|i d) like to (?:watch|see)/,
  /when (?:did|was|is|does|will)/,
  /what year (?:did|was|is)/,
  /how (?:long|old|good|scary|violent)(?: (?:is|was))?/,
  /who (?:directed|wrote|made|stars in|starred in|plays in|is in|was in|acts in|acted in|played in|produced|composed|is the director of|directed the)/,
  /whos in/,
  /who (?:plays|played|is|was|voices|voiced)(?: (?:the|a))? \w+(?: \w+)? in/,
  /what (?:is|was|happens in|happened in)/,
  /whats/,
  /is/,
  /(?:could|can|would) you(?: please)? tell me(?: (?:about|if|whether))?/,
  /who (?:it was that |was it that )?(?:wrote|composed|did|made|scored) the (?:music|score|soundtrack|songs) (?:for|of|to|in)/,
  /(?:please )?tell me(?: (?:more )?about)?/,
  /(?:the )?(?:official )?(?:plot|cast|trailers?|full cast|storyline|trailer|summary|runtime|synopsis|director|ending|soundtrack|reviews?|rating|release date|length) (?:of|for|to)/,
  /have you (?:got|seen)/,
  /do you have/,
  /that|the|a|movie|film|called|named|titled/,
];
const trailers = [
  /come out|came out|released|released in|about|on netflix|online|tonight|please|for free|in hd|now|full movie|again|with subtitles|trailer|cast|plot|movie|film|streaming|summary|runtime|on tv|good|any good|worth watching|the movie|the film|rated|out|made|like|and|or|called|to watch|on disney plus|on hulu|imdb|review|reviews|is|was|right now|today|vibes?/,
];
const leading = new RegExp(`^(?:${wrappers.map(({ source }) => source).join('|')}) `);
const trailing = new RegExp(` (?:${trailers.map(({ source }) => source).join('|')})$`);

/** Nobody names more; looking for misspelled titles takes time. */
const maxCues = 6;
const maxTitleWords = 14;

/** Words that end a name that nobody knows. */
const boundary =
  /^(?:but|with|from|that|which|who|and|or|starring|directed|under|over|in|made|released|before|after|since|for|without|not|less|more|rated|about|please|on|by|of|what|any|some|tonight)$/;

/** Finds the films that a query names. */
export function titlesStep(index: TitleIndex): AnyStep {
  return step({
    name: 'titles',
    description: 'Films that are named: sought, as a likeness, or to date others',
    inputs: ['translate'],
    timeoutMs: ruleTimeoutMs,
    run: ({ translate: words }) => new TitleReader(words, index).read(),
    fallback: () => [],
  });
}

class TitleReader {
  private readonly mentions: TitleMention[] = [];
  private readonly mask: Mask;
  /** For the words around titles: what is misspelled in a title itself is the index's to know. */
  private readonly corrected: readonly Word[];
  private readonly text: WordText;

  constructor(
    private readonly words: readonly Word[],
    private readonly index: TitleIndex,
  ) {
    this.mask = new Mask(words.length);
    this.corrected = words.map(correctSpelling);
    this.text = new WordText(this.corrected);
  }

  read(): TitleMention[] {
    const whole = this.readWhole();
    if (whole) return [whole];
    for (const match of this.text.findAll(likeness).slice(0, maxCues)) this.readLikeness(match);
    for (const match of this.text.findAll(dated).slice(0, maxCues)) this.readDate(match);
    this.readQuoted();
    this.readElsewhere();
    return this.mentions;
  }

  /** The query is a title, with nothing but polite words around it. */
  private readWhole(): TitleMention | undefined {
    const span = { from: 0, to: this.words.length };
    const all = this.phrase(span);
    const exact = this.index.find(all);
    if (exact && !isCommon(all, exact)) return this.sought(exact, span);
    const stretches = cores(this.corrected);
    for (const core of stretches) {
      const phrase = this.phrase(core);
      const known = this.index.find(phrase);
      if (known && !lexicon.has(phrase) && !plain.has(phrase)) return this.sought(known, span);
    }
    const core = stretches.at(-1) ?? span;
    const phrase = this.phrase(core);
    if (/^\d+$/.test(phrase) || this.index.find(phrase) || isAllVocabulary(phrase)) return undefined;
    if (core.to - core.from > maxTitleWords) return undefined;
    const near = this.index.findNear(phrase);
    return near && this.sought(near, span);
  }

  private readLikeness({ span }: TextMatch): void {
    const before = this.words[span.from - 1]?.text ?? '';
    const cue = this.words[span.to - 1]?.text;
    const isBare = cue === 'like' && this.words[span.from]?.text === 'like' && !lexicon.has(before);
    if (isBare && before === 'not') return this.readUnlike(span);
    const mayBeVerb = isBare && notLike.has(before);
    const isSimile = /^(?:feels?|looks?|sounds?)$/.test(before) && this.words[span.from - 2]?.text !== 'i';
    if (mayBeVerb && !(isSimile && this.titleAt(span.to, false))) return;
    const isWeak = isBare && this.words[span.from]?.startsClause === false && !this.words[span.to]?.quoted;
    let from = span.to;
    let cueFrom = span.from;
    // "like Heat and Ronin", "like Heat, Ronin"
    for (;;) {
      const found = this.titleAt(from, true);
      if (!found || (isWeak && !found.title.isFamous)) break;
      this.add({
        title: found.title.title,
        year: found.title.year,
        as: 'likeness',
        span: { from: cueFrom, to: found.to },
      });
      const next = this.words[found.to];
      const joins = next && (next.text === 'and' || next.text === 'or' || next.text === 'meets');
      const continues = joins ? found.to + 1 : next?.startsClause ? found.to : undefined;
      if (continues === undefined || !this.titleAt(continues, false)) return;
      [from, cueFrom] = [continues, found.to];
    }
    if (cueFrom === span.from && !isBare && cue !== undefined && /^(?:like|to|of|as)$/.test(cue))
      this.readUnknown(span);
  }

  /** "but not like Saw". */
  private readUnlike({ from, to }: Span): void {
    const found = this.titleAt(to, true);
    if (found)
      this.add({
        title: found.title.title,
        year: found.title.year,
        as: 'unlike',
        span: { from: from - 1, to: found.to },
      });
  }

  /** "movies like Xyz": a name that nobody knows, in the viewer's own words. */
  private readUnknown({ from, to: start }: Span): void {
    let to = start;
    while (to < this.words.length && to - start < 6) {
      const word = this.words[to] as Word;
      if (to > start && (word.startsClause || boundary.test(word.text))) break;
      to++;
    }
    const phrase = this.phrase({ from: start, to });
    const first = this.words[start]?.text ?? '';
    if (
      to === start ||
      /^(?:a|an|the|this|that|it|to|my|me|some|these|those|watch|watching|something)$/.test(first)
    )
      return;
    if (isAllVocabulary(phrase)) return;
    this.add({
      title: toTitleCase(this.words.slice(start, to)),
      year: undefined,
      as: 'likeness',
      span: { from, to },
    });
  }

  private readDate({ groups: [cue = ''], span }: TextMatch): void {
    const found = this.titleAt(span.to, false);
    if (!found || /^(?:19|20)\d\d$/.test(this.phrase({ from: span.to, to: found.to }))) return;
    if (lexicon.has(this.phrase({ from: span.to, to: found.to })) && !found.title.isFamous) return;
    const as = /before|prior|earlier|older/.test(cue) ? 'before' : cue.includes('since') ? 'since' : 'after';
    this.add({
      title: found.title.title,
      year: found.title.year,
      as,
      span: { from: span.from, to: found.to },
    });
  }

  private readQuoted(): void {
    for (let from = 0; from < this.words.length; from++) {
      let to = from;
      while (this.words[to]?.quoted) to++;
      if (to > from) {
        const span = { from, to };
        const known = this.index.find(this.phrase(span)) ?? this.index.findNear(this.phrase(span));
        const title = known?.title ?? toTitleCase(this.words.slice(from, to));
        this.add({ title, year: known?.year, as: 'sought', span });
      }
      from = Math.max(from, to);
    }
  }

  /** Titles before "vibes" or around "meets", and famous ones of several words that can hardly be anything else. */
  private readElsewhere(): void {
    for (let from = 0; from < this.words.length; from++) {
      for (let to = Math.min(this.words.length, from + this.index.longest); to > from; to--) {
        const span = { from, to };
        const known = this.mask.isFree(span) ? this.index.find(this.phrase(span)) : undefined;
        if (!known) continue;
        const cue = this.likenessAround(span);
        if (!cue && !this.isUnmistakable(known, span)) continue;
        this.add({
          title: known.title,
          year: known.year,
          as: cue ? 'likeness' : 'sought',
          span: cue ?? span,
        });
        break;
      }
    }
  }

  /** The span with its cue, where there is one. */
  private likenessAround({ from, to }: Span): Span | undefined {
    const phrase = this.phrase({ from, to });
    const next = this.words[to]?.text ?? '';
    const previous = this.words[from - 1]?.text ?? '';
    if (next !== 'meets' && previous !== 'meets' && isAllVocabulary(phrase)) return undefined;
    const second = this.words[to + 1]?.text ?? '';
    if (
      /^(?:vibes?|energy|esque|style|adjacent|type|kind)$/.test(next) &&
      (next !== 'type' || mediaWords.has(second))
    )
      return { from, to: to + 1 };
    if (next === 'meets') return { from, to: to + 1 };
    if (previous === 'meets') return { from, to };
    // "Fargo and Heat vibes", "X + Y vibes"
    const last = this.mentions.at(-1);
    const joined = /^(?:\+|and|or|meets)$/.test(next) ? this.titleAt(to + 1, false) : undefined;
    if (joined && /^(?:vibes?|energy)$/.test(this.words[joined.to]?.text ?? '')) return { from, to: to + 1 };
    return last?.as === 'likeness' && last.span.to === from && previous === 'meets'
      ? { from, to }
      : undefined;
  }

  private isUnmistakable({ isFamous }: KnownTitle, span: Span): boolean {
    const phrase = this.phrase(span);
    return span.to - span.from > 1 && isFamous && !isAllVocabulary(phrase) && isDistinctive(phrase);
  }

  /** The longest title that begins here. */
  private titleAt(from: number, mayBeMisspelled: boolean): { title: KnownTitle; to: number } | undefined {
    const end = Math.min(this.words.length, from + this.index.longest);
    const filler = /^(?:the movie|the film|movie|film|movies like)$/;
    const skip = filler.test(this.phrase({ from, to: from + 2 }))
      ? 2
      : filler.test(this.phrase({ from, to: from + 1 }))
        ? 1
        : 0;
    for (let to = end; to > from; to--) {
      if (this.crossesClause(from + skip, to)) continue;
      const title = this.index.find(this.phrase({ from: from + skip, to }));
      if (title) return { title, to };
    }
    if (!mayBeMisspelled) return undefined;
    for (let to = end; to > from + skip; to--) {
      const phrase = this.phrase({ from: from + skip, to });
      if (this.crossesClause(from + skip, to) || phrase.length < 5 || isAllVocabulary(phrase)) continue;
      const title = this.index.findNear(phrase);
      if (title) return { title, to };
    }
    return undefined;
  }

  private crossesClause(from: number, to: number): boolean {
    return this.words.slice(from + 1, to).some(({ startsClause }) => startsClause);
  }

  private phrase(span: Span): string {
    return phraseOf(this.words, span);
  }

  private sought(known: KnownTitle, span: Span): TitleMention {
    return { title: known.title, year: known.year, as: 'sought', span };
  }

  private add(mention: TitleMention): void {
    if (!this.mask.isFree(mention.span)) return;
    this.mask.take(mention.span);
    this.mentions.push({ title: mention.title, year: mention.year, as: mention.as, span: mention.span });
  }
}

/** What is left when polite words are taken away, one stretch after the other. */
function cores(words: readonly Word[]): Span[] {
  const spans: Span[] = [];
  let span: Span = { from: 0, to: words.length };
  for (;;) {
    const phrase = phraseOf(words, span);
    const front = leading.exec(phrase)?.[0];
    const back = front === undefined ? trailing.exec(phrase)?.[0] : undefined;
    if (front === undefined && back === undefined) return spans;
    span =
      front === undefined
        ? { ...span, to: span.to - count(back) }
        : { ...span, from: span.from + count(front) };
    spans.push(span);
  }
}

const count = (stretch = ''): number => stretch.trim().split(' ').length;

/** A title that is a word for a kind of film says nothing: "Animal", "Horror", "Road Trip". */
function isCommon(phrase: string, { isFamous }: KnownTitle): boolean {
  return lexicon.has(phrase) && !(isFamous && phrase.includes(' ') && !isAllVocabulary(phrase));
}

const plain = new Set(
  'the a an of in on for with and or to from by my your me i you we us it is are was be that this these those new old good great best top some any all movie movies film films best watch tonight one two three what about no not'.split(
    ' ',
  ),
);

const isVocabulary = (word: string): boolean =>
  plain.has(word) || mediaWords.has(word) || lexicon.has(word) || /^\d{1,2}0s$/.test(word);

const isAllVocabulary = (phrase: string): boolean =>
  lexicon.has(phrase) || phrase.split(' ').every(isVocabulary);

const isDistinctive = (phrase: string): boolean => {
  const strange = phrase.split(' ').filter((word) => !isVocabulary(word));
  return strange.length >= 2 || strange.some((word) => word.length >= 6);
};

function toTitleCase(words: readonly Word[]): string {
  return words.map(({ original }) => original.replace(/^\p{L}/u, (letter) => letter.toUpperCase())).join(' ');
}
