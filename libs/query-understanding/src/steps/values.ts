import { stepOf } from '../graph/graph.js';
import type { DateRange, Facts, Genre, Person, Range, NumberRange, Certification } from '../understanding.js';
import { isNumberWord } from '../vocabulary/media.js';
import { Mask, type Span, type Word } from '../words/words.js';
import { WordText } from '../words/word-text.js';

/** A movie that a query names, and its purpose. */
export interface TitleMention {
  readonly title: string;
  readonly year: number | undefined;
  readonly as: 'requested' | 'likeness' | 'unlike' | 'before' | 'after' | 'since';
  /** The words of the title and its cue. */
  readonly span: Span;
}

/** A value, and the words from which it was read. */
export interface Reading<T> {
  readonly value: T;
  readonly spans: readonly Span[];
}

/** Where movies are produced, and the languages that are spoken in them. */
export interface Origin {
  readonly countries: readonly string[];
  readonly languages: readonly string[];
}

export interface ConceptMention {
  readonly span: Span;
  readonly kind: 'genre' | 'mood' | 'theme';
  readonly genres: readonly Genre[];
  readonly name: string;
  readonly isExcluded: boolean;
}

/** The results of the steps of the graph, by step name. */
export interface Values {
  query: string;
  normalize: { readonly normalized: string; readonly words: readonly Word[] };
  language: string;
  translate: readonly Word[];
  titles: readonly TitleMention[];
  people: { readonly people: readonly Person[]; readonly spans: readonly Span[] };
  spelling: readonly Word[];
  years: Reading<{ readonly years: Range; readonly released: DateRange }>;
  votes: Reading<number | null>;
  money: Reading<{ readonly budget: NumberRange; readonly revenue: NumberRange }>;
  countryCount: Reading<NumberRange>;
  origin: Origin;
  runtime: Reading<NumberRange>;
  rating: Reading<number | null>;
  certification: Reading<readonly Certification[]>;
  count: Reading<number | null>;
  /** The words from which the readings above were taken. */
  constraints: readonly Span[];
  negation: readonly Span[];
  concepts: readonly ConceptMention[];
  genres: { readonly genres: readonly Genre[]; readonly excludedGenres: readonly Genre[] };
  moods: { readonly moods: readonly string[]; readonly excluded: readonly string[] };
  themes: { readonly themes: readonly string[]; readonly excluded: readonly string[] };
  sort: Reading<Facts['sort']>;
  intent: Facts['intent'];
  rewrite: string;
  rules: Facts;
  model: Facts | null;
  facts: Facts;
}

export const step = stepOf<Values>();

/** Rules take at most milliseconds: a step that exceeds this timeout is broken. */
export const ruleTimeoutMs = 250;

/** Returns the spans of names, which other steps do not read. */
export const namedSpans = (titles: Values['titles'], people: Values['people']): Span[] => [
  ...titles.map(({ span }) => span),
  ...people.spans,
];

/**
 * Returns the corrected words of a query outside of names, as a text for patterns.
 *
 * @param read words that other steps have read
 */
export const textWithoutNames = (
  { spelling, titles, people }: Pick<Values, 'spelling' | 'titles' | 'people'>,
  read: readonly Span[] = [],
): WordText => new WordText(spelling, new Mask(spelling.length, [...namedSpans(titles, people), ...read]));

/** Like `textWithoutNames`, with spelled numbers marked. */
export const textOfQuantities = (
  { spelling, titles, people }: Pick<Values, 'spelling' | 'titles' | 'people'>,
  read: readonly Span[] = [],
): WordText =>
  new WordText(spelling, new Mask(spelling.length, [...namedSpans(titles, people), ...read]), isNumberWord);

/** Returns the spans of several readings. */
export const spansOf = (...readings: readonly Reading<unknown>[]): Span[] =>
  readings.flatMap(({ spans }) => spans);
