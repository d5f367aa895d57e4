import { lexicon } from '../../vocabulary/lexicon.js';
import { isOrdinaryPhrase } from '../../vocabulary/ordinary-words.js';
import { cannotBeginName, endsUnknownName, notComparedBefore } from '../../vocabulary/title-cues.js';
import type { Span, Word } from '../../words/words.js';
import type { TitleMention } from '../values.js';
import type { FoundTitle, TitleLookup } from './title-lookup.js';
import { mentionOf, unknownMention } from './title-mentions.js';

const maxUnknownNameWords = 6;

/** Returns the movies that a comparison names: "like Heat and Ronin", "but not like Saw". */
export function readComparison(lookup: TitleLookup, cue: Span): TitleMention[] {
  const lastCueWord = lookup.text(cue.to - 1);
  const isBareLike = lookup.text(cue.from) === 'like' && lastCueWord === 'like';
  if (!isBareLike || lexicon.has(lookup.text(cue.from - 1))) {
    const mentions = readList(lookup, cue, (from) => lookup.fuzzyTitleAt(from));
    if (mentions.length > 0) return mentions;
    return /^(?:like|to|of|as)$/.test(lastCueWord) ? readUnknownName(lookup, cue) : [];
  }
  return readBareLike(lookup, cue);
}

/** "like" without "movies" or "something" before it is often a verb or a filler. */
function readBareLike(lookup: TitleLookup, cue: Span): TitleMention[] {
  const before = lookup.text(cue.from - 1);
  if (before === 'not') {
    const found = lookup.fuzzyTitleAt(cue.to);
    return found ? [mentionOf(found.title, 'unlike', { from: cue.from - 1, to: found.to })] : [];
  }
  if (notComparedBefore.has(before) && !(isSimile(lookup, cue) && lookup.titleAt(cue.to))) return [];
  const isCertain = lookup.words[cue.from]?.startsClause || lookup.words[cue.to]?.quoted;
  return readList(lookup, cue, (from) => {
    const found = lookup.fuzzyTitleAt(from);
    return isCertain || found?.title.isFamous ? found : undefined;
  });
}

/** "feels like Heat", but not "I feel like Heat". */
function isSimile(lookup: TitleLookup, { from }: Span): boolean {
  return /^(?:feels?|looks?|sounds?)$/.test(lookup.text(from - 1)) && lookup.text(from - 2) !== 'i';
}

/** Reads titles that are joined by "and", "or", "meets" or a comma. The first mention includes the cue. */
function readList(
  lookup: TitleLookup,
  cue: Span,
  titleAt: (from: number) => FoundTitle | undefined,
): TitleMention[] {
  const mentions: TitleMention[] = [];
  let from = cue.from;
  let start: number | undefined = cue.to;
  while (start !== undefined) {
    const found = titleAt(start);
    if (!found) break;
    mentions.push(mentionOf(found.title, 'likeness', { from, to: found.to }));
    from = found.to;
    start = nextInList(lookup, found.to);
  }
  return mentions;
}

/** Returns where the next title of a list begins. */
function nextInList(lookup: TitleLookup, end: number): number | undefined {
  const isJoined = /^(?:and|or|meets)$/.test(lookup.text(end));
  const start = isJoined ? end + 1 : lookup.words[end]?.startsClause ? end : undefined;
  return start !== undefined && lookup.titleAt(start) ? start : undefined;
}

/** "movies like Xyz": takes a name that is in no list from the viewer's own words. */
function readUnknownName(lookup: TitleLookup, cue: Span): TitleMention[] {
  const start = cue.to;
  if (cannotBeginName.test(lookup.text(start))) return [];
  let to = start;
  while (to < lookup.words.length && to - start < maxUnknownNameWords) {
    const word = lookup.words[to] as Word;
    if (to > start && (word.startsClause || endsUnknownName.test(word.text))) break;
    to++;
  }
  if (to === start || isOrdinaryPhrase(lookup.phrase({ from: start, to }))) return [];
  return [unknownMention(lookup.words.slice(start, to), 'likeness', { from: cue.from, to })];
}
