import { lexicon, maxPhraseWords } from '../vocabulary/lexicon.js';
import { anyOf } from '../words/phrase-pattern.js';
import { Mask, phraseOf, type Word } from '../words/words.js';
import { WordText } from '../words/word-text.js';
import { namedSpans, ruleTimeoutMs, step } from './values.js';

const negations = anyOf([
  'not',
  'no',
  'without',
  'except( for)?',
  'excluding',
  'exclude',
  'excluded',
  'minus',
  'sans',
  'anything but',
  'everything but',
  'nothing',
  'other than',
  'avoid',
  'avoiding',
  'skip',
  'hold the',
  'free of',
  'none of',
  'neither',
  'nor',
  'never',
  'isnt',
  'arent',
  'is not',
  'are not',
  'dont( really)?( want| like| need)?',
  'do not( want| like)?',
  'doesnt( have| involve| include| contain)?',
  'does not( have| involve)?',
  'hate',
  'hates',
  'cant stand',
  'cannot stand',
  'dislike',
  'tired of',
  'sick of',
  'bored of',
  'less',
  'allergic to',
  'lay off',
  'leave out',
  'instead of',
  'rather than',
  'non',
  'zero',
  'afraid of',
  'not a fan of',
  'not in the mood for',
  'cant handle',
  'not into',
]);
const cue = new RegExp(`(?:but )?${negations}`);
const noNegation =
  /^(?:just|only|sure|yet|long|longer|shorter|one|matter|problem|idea|clue|too long|so much)$/;
/** Words that a negation extends across. */
const filler =
  /^(?:too|so|very|really|any|anything|a|an|the|that|thats|this|these|overly|much|more|into|of|kind|stuff|things|involving|with|about|or|nor|and|want|like|is|are|be|being|super|another|other|all|overtly|in|it|lots|tons|movies?|films?|flicks?|please|excessive|explicit|particularly|as|at|feature|features|contain|involve|set|made|to|see|watch)$/;
const end =
  /^(?:but|just|only|maybe|preferably|instead|however|while|though|although|so that|from|starring|directed|ideally|perhaps|still)$/;
const closing =
  /^(?:please|thanks|thank|problem|matter|idea|clue|doubt|worries|way|longer|more|less|movies?|films?|or|and|nor|with|that|set|made|about|like|preference|for|tonight|english|dubbing)$/;
/** Maximum number of unknown words before the first concept. */
const maxUnknownWords = 2;

export const negationStep = step({
  name: 'negation',
  description: 'Finds the parts of the query that exclude something',
  inputs: ['spelling', 'titles', 'people', 'constraints'],
  timeoutMs: ruleTimeoutMs,
  run: ({ spelling: words, titles, people, constraints }) => {
    const mask = new Mask(words.length, [...namedSpans(titles, people), ...constraints]);
    return new WordText(words, mask)
      .findAll(cue)
      .filter(({ span }) => !noNegation.test(words[span.to]?.text ?? ''))
      .flatMap(({ span }) => {
        const to = reach(words, mask, span.to);
        if (to > span.to) return [{ from: span.from, to }];
        const unknown = unknownReach(words, mask, span.to);
        return unknown > span.to ? [{ from: span.from, to: unknown }] : [];
      });
  },
  fallback: () => [],
});

/** "no clowns": returns the end of unknown words that directly follow a strong negation. */
function unknownReach(words: readonly Word[], mask: Mask, start: number): number {
  if (!/^(?:no|without|minus|sans)$/.test(words[start - 1]?.text ?? '')) return start;
  let to = start;
  while (to < words.length && to - start < 4) {
    const word = words[to] as Word;
    if (mask.isTaken(to) || end.test(word.text) || (to > start && word.startsClause)) break;
    if (!/^(?:any|the|too|much|lots|of)$/.test(word.text) && !/^\p{L}{3,}$/u.test(word.text)) break;
    if (closing.test(word.text)) break;
    to++;
  }
  return to;
}

/** Returns the end of a negation: after its concepts, including those joined with "or". */
function reach(words: readonly Word[], mask: Mask, start: number): number {
  let last = start;
  let unknownWords = 0;
  let hasConcept = false;
  for (let index = start; index < words.length;) {
    const word = words[index] as Word;
    if (mask.isTaken(index) || end.test(word.text)) break;
    if (word.startsClause && (hasConcept || index > start)) {
      // "no gore, violence or zombies": a list continues only if it ends with "or" or "and".
      if (!hasConcept || !listContinues(words, index)) break;
    }
    const length = conceptLength(words, index);
    if (length > 0) {
      if (hasConcept && !isJoined(words, index)) break;
      hasConcept = true;
      index += length;
      last = index;
      continue;
    }
    if (!filler.test(word.text)) {
      if (hasConcept || ++unknownWords > maxUnknownWords) break;
    }
    index++;
  }
  return hasConcept ? last : start;
}

function listContinues(words: readonly Word[], index: number): boolean {
  const length = conceptLength(words, index);
  const next = words[index + length];
  return (
    length > 0 && next !== undefined && (next.text === 'or' || next.text === 'and') && !next.startsClause
  );
}

/** Joined by "or", "and" or a comma, or standing side by side ("romantic comedies"). */
function isJoined(words: readonly Word[], index: number): boolean {
  const previous = words[index - 1]?.text ?? '';
  if (words[index]?.startsClause) return true;
  if (/^(?:or|nor|and)$/.test(previous)) return true;
  return lexicon.has(previous) || previous === 'too' || previous === 'any';
}

function conceptLength(words: readonly Word[], index: number): number {
  for (let length = Math.min(maxPhraseWords, words.length - index); length > 0; length--) {
    if (lexicon.has(phraseOf(words, { from: index, to: index + length }))) return length;
  }
  return 0;
}
