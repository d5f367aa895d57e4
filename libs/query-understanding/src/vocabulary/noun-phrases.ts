import type { Span, Word } from '../words/words.js';
import { isOriginWord } from './ordinary-words.js';
import { genreNouns } from './genres.js';
import { lexicon } from './lexicon.js';
import { mediaWords } from './media.js';

/** Words that follow an adjective or a genre without being described by it. */
const boundary =
  /^(?:a|an|the|and|or|but|with|without|from|that|thats|which|who|where|by|about|like|of|in|on|at|for|to|as|is|are|was|were|not|no|please|pls|ever|first|ones?|stuff|things?|something|anything|released?|releases|rated|reviewed|made|shot|set|starring|directed|under|over|after|before|since|until|between|during|around|longer|shorter|less|more|now|right|today|tonight|out|plus|too|enough|only|also|if|so|just|maybe|preferably|instead|while|because|i|we|you|it|this|last|next|hits?|picks?|vibes?|feel|mood|style|category|genre|genres|kind|type|sort|sorted|list|recommendations?|suggestions?|marathon|night)$/;
/** Words in front of something that exists in a story: "his new neighbor", "a music teacher". */
const determiner = /^(?:his|her|their|its|my|our|your|another|one|two|three|each|every)$/;
const maxDistance = 4;

/** Returns whether a word for movies or a genre follows closely in the same clause, as in "new heist movies". */
function precedesMovies(words: readonly Word[], to: number): boolean {
  for (let index = to; index < Math.min(words.length, to + maxDistance); index++) {
    const word = words[index] as Word;
    if (index > to && word.startsClause) return false;
    if (
      mediaWords.has(word.text) ||
      genreNouns.has(word.text) ||
      /^(?:stories|tales|sagas?)$/.test(word.text)
    )
      return true;
    if (!isAttribute(word.text) && boundary.test(word.text)) return false;
  }
  return false;
}

const isAttribute = (text: string): boolean =>
  lexicon.has(text) || isOriginWord(text) || /^(?:and|or|(?:1[89]|20)?\d\ds?|\d+)$/.test(text);

/**
 * Returns whether an adjective, or a noun that is also a genre, describes movies and not something in their story: "new
 * thrillers" and "family movies", but not "his new neighbor" and "a family ranch".
 *
 * @param isName whether a word belongs to a name: "new Tom Hanks movies"
 */
export function describesMovies(
  words: readonly Word[],
  { from, to }: Span,
  isName: (index: number) => boolean,
): boolean {
  const next = words[to];
  if (precedesMovies(words, to) || isName(to) || followsMovies(words, from)) return true;
  const previous = words[from - 1]?.text ?? '';
  if (/^(?:a|an|the|this|that)$/.test(previous)) return endsPhrase(next);
  return !determiner.test(previous) && (endsPhrase(next) || isAttribute(next?.text ?? ''));
}

/** "movies of war", also in the word order of other languages. */
const followsMovies = (words: readonly Word[], from: number): boolean => {
  const index = /^(?:of|di|de|d)$/.test(words[from - 1]?.text ?? '') ? from - 2 : from - 1;
  return mediaWords.has(words[index]?.text ?? '');
};

const endsPhrase = (next: Word | undefined): boolean =>
  next === undefined || next.startsClause || boundary.test(next.text);
