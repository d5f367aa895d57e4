import type { AnyStep } from '../../graph/graph.js';
import type { KnownTitle } from '@app/catalogue';
import type { TitleIndex } from '../../names/title-index.js';
import { lexicon } from '../../vocabulary/lexicon.js';
import { mediaWords } from '../../vocabulary/media.js';
import { isDistinctivePhrase, isOrdinaryPhrase } from '../../vocabulary/ordinary-words.js';
import { datingCue, likenessCue } from '../../vocabulary/title-cues.js';
import { correctSpelling } from '../../words/correct-spelling.js';
import type { Span, Word } from '../../words/words.js';
import { type TextMatch, WordText } from '../../words/word-text.js';
import { ruleTimeoutMs, step, type TitleMention } from '../values.js';
import { period } from '../years/periods.js';
import { readComparison } from './comparisons.js';
import { TitleLookup } from './title-lookup.js';
import { mentionOf, TitleMentions, unknownMention } from './title-mentions.js';
import { titleOfWholeQuery } from './whole-query.js';

/** Bounds the search for misspelled titles, which is expensive. */
const maxCues = 6;

/** Finds the movies that a query names. */
export function titlesStep(index: TitleIndex): AnyStep {
  return step({
    name: 'titles',
    description: 'Finds movies that are named: requested, compared with, or used to date others',
    inputs: ['translate'],
    timeoutMs: ruleTimeoutMs,
    run: ({ translate: words }) => readTitles(words, index),
    fallback: () => [],
  });
}

function readTitles(words: readonly Word[], index: TitleIndex): TitleMention[] {
  const lookup = new TitleLookup(words, index);
  // Spelling is corrected in the words around titles only: misspelled titles are matched by the index.
  const corrected = words.map(correctSpelling);
  const whole = titleOfWholeQuery(lookup, corrected);
  if (whole) return [mentionOf(whole, 'requested', { from: 0, to: words.length })];

  const text = new WordText(corrected);
  const mentions = new TitleMentions(words.length);
  for (const { span } of text.findAll(likenessCue).slice(0, maxCues)) {
    for (const mention of readComparison(lookup, span)) mentions.add(mention);
  }
  for (const match of text.findAll(datingCue).slice(0, maxCues)) {
    const mention = readDate(lookup, match);
    if (mention) mentions.add(mention);
  }
  for (const span of quotedSpans(words)) mentions.add(readQuoted(lookup, span));
  addUncuedTitles(lookup, mentions);
  return mentions.all;
}

/** "made before Titanic". */
function readDate(
  lookup: TitleLookup,
  { groups: [cue = ''], span: cueSpan }: TextMatch,
): TitleMention | undefined {
  const found = lookup.titleAt(cueSpan.to);
  if (!found) return undefined;
  const phrase = lookup.phrase({ from: cueSpan.to, to: found.to });
  const isYear = /^(?:19|20)\d\d$/.test(phrase) || startsWithPeriod.test(restOf(lookup.words, cueSpan.to));
  if (
    isYear ||
    isOrdinaryWordOfClause(lookup, phrase, found.to) ||
    (lexicon.has(phrase) && !found.title.isFamous)
  )
    return undefined;
  const relation = /before|prior|earlier|older/.test(cue)
    ? 'before'
    : cue.includes('since')
      ? 'since'
      : 'after';
  return mentionOf(found.title, relation, { from: cueSpan.from, to: found.to });
}

/** "after her mother dies": a word with more of its clause behind it is no title. */
function isOrdinaryWordOfClause(lookup: TitleLookup, phrase: string, end: number): boolean {
  if (phrase.includes(' ')) return false;
  const next = lookup.words[end];
  return (
    /^(?:her|him|it|us|them|you|we|she|he|they|i)$/.test(phrase) ||
    !(next === undefined || next.startsClause || endsTitle.test(next.text))
  );
}

const endsTitle =
  /^(?:with|without|but|and|or|that|which|starring|directed|by|in|from|about|under|over|of|for|on|at|came|was|is|not|no|please|if|rated|released|made|movies?|films?|era)$/;
const startsWithPeriod = new RegExp(`^(?:the )?${period}(?: |$)`);
const restOf = (words: readonly Word[], from: number): string =>
  new WordText(words.slice(from, from + 5)).all;

function readQuoted(lookup: TitleLookup, span: Span): TitleMention {
  const known = lookup.find(span) ?? lookup.findNear(span);
  return known
    ? mentionOf(known, 'requested', span)
    : unknownMention(lookup.words.slice(span.from, span.to), 'requested', span);
}

function quotedSpans(words: readonly Word[]): Span[] {
  const spans: Span[] = [];
  for (let from = 0; from < words.length; from++) {
    let to = from;
    while (words[to]?.quoted) to++;
    if (to > from) spans.push({ from, to });
    from = Math.max(from, to);
  }
  return spans;
}

/** Adds titles before "vibes" and around "meets", and famous titles of several words that are hardly anything else. */
function addUncuedTitles(lookup: TitleLookup, mentions: TitleMentions): void {
  for (let from = 0; from < lookup.words.length; from++) {
    for (const span of lookup.spansFrom(from)) {
      const known = mentions.isFree(span) ? lookup.find(span) : undefined;
      if (!known) continue;
      const comparison = comparisonAround(lookup, span);
      if (!comparison && !isUnmistakable(lookup, known, span)) continue;
      mentions.add(mentionOf(known, comparison ? 'likeness' : 'requested', comparison ?? span));
      break;
    }
  }
}

/** Returns the span of a title and the cue next to it: "Fargo vibes", "Fargo and Heat vibes", "Alien meets Heat". */
function comparisonAround(lookup: TitleLookup, { from, to }: Span): Span | undefined {
  const next = lookup.text(to);
  const withNext = { from, to: to + 1 };
  const isBetween = next === 'meets' || lookup.text(from - 1) === 'meets';
  if (!isBetween && isOrdinaryPhrase(lookup.phrase({ from, to }))) return undefined;
  if (/^(?:vibes?|energy|esque|style|adjacent|kind)$/.test(next)) return withNext;
  if (next === 'type' && mediaWords.has(lookup.text(to + 1))) return withNext;
  if (isBetween) return next === 'meets' ? withNext : { from, to };
  const joined = /^(?:\+|and|or)$/.test(next) ? lookup.titleAt(to + 1) : undefined;
  return joined && /^(?:vibes?|energy)$/.test(lookup.text(joined.to)) ? withNext : undefined;
}

function isUnmistakable(lookup: TitleLookup, { isFamous }: KnownTitle, span: Span): boolean {
  const phrase = lookup.phrase(span);
  return span.to - span.from > 1 && isFamous && !isOrdinaryPhrase(phrase) && isDistinctivePhrase(phrase);
}
