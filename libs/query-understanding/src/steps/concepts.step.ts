import { type Concept, lexicon, maxPhraseWords } from '../vocabulary/lexicon.js';
import { ambiguousGenres } from '../vocabulary/genres.js';
import { describesMovies } from '../vocabulary/noun-phrases.js';
import { mediaWords } from '../vocabulary/media.js';
import { anyOf } from '../words/phrase-pattern.js';
import { Mask, phraseOf, type Span, type Word } from '../words/words.js';
import { WordText } from '../words/word-text.js';
import { type ConceptMention, namedSpans, ruleTimeoutMs, step } from './values.js';

/** Introduces the subject of a movie: "about grief". */
const about = new RegExp(
  anyOf([
    'about',
    'involving',
    'dealing with',
    'deals with',
    'deal with',
    'centered on',
    'centers on',
    'focusing on',
    'focused on',
    'focuses on',
    'revolving around',
    'revolves around',
    'set in',
    'set on',
    'set at',
    'set during',
    'takes place in',
    'taking place in',
    'takes place on',
    'taking place on',
    'themed around',
    'on the topic of',
    'on the subject of',
    'exploring',
    'explores',
    'during',
    'featuring a',
    'featuring an',
  ]),
);
const boundary =
  /^(?:but|with|from|that|which|who|whose|starring|directed|under|over|made|released|before|after|since|for|without|not|less|rated|please|by|where|when|while|like|similar|no|preferably|based|is|are|was|were|to|because|if|between|featuring|i|we|you|it|set|tonight|this|my|what|in|on|at|of|as)$/;
const lead = /^(?:a|an|the|some|being|having|people|someone|somebody|two|group|life|story)$/;
const noTheme =
  /^(?:it|me|this|that|them|him|her|us|you|movies?|films?|anything|something|everything|nothing|minutes|hours|one|same|thing|things)$/;
const maxThemeWords = 4;

export const conceptsStep = step({
  name: 'concepts',
  description: 'Finds phrases for genres, moods and themes, longest first, and subjects after "about"',
  inputs: ['spelling', 'titles', 'people', 'constraints', 'count', 'negation'],
  timeoutMs: ruleTimeoutMs,
  run: ({ spelling: words, titles, people, constraints, count, negation }) => {
    const read = [...constraints, ...count.spans];
    const named = new Mask(words.length, namedSpans(titles, people));
    const mask = new Mask(words.length, [...namedSpans(titles, people), ...read]);
    const excluded = new Mask(words.length, negation);
    const mentions: ConceptMention[] = [];
    const add = (span: Span, concept: Concept): void => {
      mask.take(span);
      const isExcluded = excluded.isTaken(span.from);
      mentions.push({ genres: [], name: '', ...concept, span, isExcluded });
    };
    const text = new WordText(words, mask);
    for (const { span } of text.findAll(about)) readAbout(words, mask, span, add);
    for (let from = 0; from < words.length; from++) {
      const found = phraseAt(words, mask, from);
      if (found && !isOfStory(words, found.span, (index) => named.isTaken(index)))
        add(found.span, found.concept);
    }
    for (const span of negation) readUnknownExclusion(words, mask, span, mentions, add);
    return mentions.toSorted((a, b) => a.span.from - b.span.from);
  },
  fallback: () => [],
});

/** "a rich family", "a music teacher": the name of a genre is a noun in a story. */
const isOfStory = (words: readonly Word[], span: Span, isName: (index: number) => boolean): boolean =>
  ambiguousGenres.has(phraseOf(words, span)) && !describesMovies(words, span, isName);

type Add = (span: Span, concept: Concept) => void;

/** Excludes the last words of a negation as a theme if the negation contains no phrase of the lexicon. */
function readUnknownExclusion(
  words: readonly Word[],
  mask: Mask,
  { from, to }: Span,
  mentions: readonly ConceptMention[],
  add: Add,
): void {
  if (mentions.some(({ span }) => span.from >= from && span.to <= to)) return;
  let start = from + 1;
  while (start < to && /^(?:any|the|too|much|lots|of|a|an)$/.test(words[start]?.text ?? '')) start++;
  const span = { from: start, to };
  if (start < to && mask.isFree(span)) add(span, { kind: 'theme', name: phraseOf(words, span) });
}

/** "about grief and loneliness": reads themes, including unknown ones. */
function readAbout(words: readonly Word[], mask: Mask, cue: Span, add: Add): void {
  for (let from = cue.to; from < words.length;) {
    while (lead.test(words[from]?.text ?? '')) from++;
    const known = phraseAt(words, mask, from, 'theme');
    if (known && isWhole(words, known.span.to)) {
      add(known.span, known.concept);
      from = known.span.to;
    } else {
      const to = endOfTheme(words, mask, from);
      if (to === from) return;
      const span = { from, to };
      const phrase = phraseOf(words, span);
      // "about family": the name of a genre is a theme here. "about zombies fighting": contains a known theme.
      const listed = lexicon.get(phrase);
      if (noTheme.test(phrase)) return;
      if (listed && listed.kind !== 'genre') add(span, listed);
      else if (containsTheme(words, mask, span) && !isCompound(words, span)) return;
      else add(span, { kind: 'theme', name: phrase });
      from = to;
    }
    const next = words[from]?.text;
    if (next === 'and' || next === 'or') from++;
    else if (!words[from]?.startsClause || !phraseAt(words, mask, from, 'theme')) return;
  }
}

function isWhole(words: readonly Word[], to: number): boolean {
  const next = words[to];
  return (
    next === undefined ||
    next.startsClause ||
    boundary.test(next.text) ||
    /^(?:and|or)$/.test(next.text) ||
    mediaWords.has(next.text)
  );
}

function containsTheme(words: readonly Word[], mask: Mask, { from, to }: Span): boolean {
  for (let index = from; index < to; index++) if (phraseAt(words, mask, index, 'theme')) return true;
  return false;
}

/** "farm animals": a compound whose last word is a known theme. */
function isCompound(words: readonly Word[], { from, to }: Span): boolean {
  return to - from === 2 && lexicon.get(words[to - 1]?.text ?? '')?.kind === 'theme';
}

function endOfTheme(words: readonly Word[], mask: Mask, from: number): number {
  let to = from;
  while (to < words.length && to - from < maxThemeWords) {
    const word = words[to] as Word;
    if (mask.isTaken(to) || boundary.test(word.text) || /^(?:and|or)$/.test(word.text)) break;
    if (to > from && word.startsClause) break;
    to++;
  }
  return to;
}

function phraseAt(
  words: readonly Word[],
  mask: Mask,
  from: number,
  kind?: Concept['kind'],
): { span: Span; concept: Concept } | undefined {
  for (let length = Math.min(maxPhraseWords, words.length - from); length > 0; length--) {
    const span = { from, to: from + length };
    if (!mask.isFree(span)) continue;
    const concept = lexicon.get(phraseOf(words, span)) ?? possessorConcept(words, span);
    if (concept && (kind === undefined || concept.kind === kind)) return { span, concept };
  }
  return undefined;
}

/** "children's movies". */
function possessorConcept(words: readonly Word[], { from, to }: Span): Concept | undefined {
  const possessor = to - from === 1 ? words[from]?.possessor : undefined;
  return possessor === undefined ? undefined : lexicon.get(possessor);
}
