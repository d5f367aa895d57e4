import type { KnownTitle } from '@app/catalogue';
import { lexicon } from '../../vocabulary/lexicon.js';
import { isCommonWord, isOrdinaryPhrase } from '../../vocabulary/ordinary-words.js';
import { leadingRequest, trailingAddition } from '../../vocabulary/title-cues.js';
import { phraseOf, type Span, type Word } from '../../words/words.js';
import type { TitleLookup } from './title-lookup.js';

/** Longer phrases are never taken for a misspelled title. */
const maxMisspelledWords = 14;

/**
 * Returns the title when the query is nothing but a title and polite words around it.
 *
 * @param corrected the query's words with their spelling corrected
 */
export function titleOfWholeQuery(lookup: TitleLookup, corrected: readonly Word[]): KnownTitle | undefined {
  const whole = { from: 0, to: lookup.words.length };
  const exact = lookup.find(whole);
  if (exact && !isGenericTitle(lookup.phrase(whole), exact)) return exact;
  const cores = coresOf(corrected);
  for (const core of cores) {
    const phrase = lookup.phrase(core);
    const known = lookup.find(core);
    if (known && !lexicon.has(phrase) && !isCommonWord(phrase)) return known;
  }
  return misspelledTitle(lookup, cores.at(-1) ?? whole);
}

function misspelledTitle(lookup: TitleLookup, core: Span): KnownTitle | undefined {
  const phrase = lookup.phrase(core);
  const isMisspellable =
    core.to - core.from <= maxMisspelledWords &&
    !/^\d+$/.test(phrase) &&
    !isOrdinaryPhrase(phrase) &&
    !lookup.find(core);
  return isMisspellable ? lookup.findNear(core) : undefined;
}

/** Returns the spans that remain as requests before and additions after a title are removed one by one. */
function coresOf(words: readonly Word[]): Span[] {
  const cores: Span[] = [];
  let core: Span = { from: 0, to: words.length };
  for (;;) {
    const phrase = phraseOf(words, core);
    const [request] = leadingRequest.exec(phrase) ?? [];
    const [addition] = request === undefined ? (trailingAddition.exec(phrase) ?? []) : [];
    if (request !== undefined) core = { from: core.from + wordCount(request), to: core.to };
    else if (addition !== undefined) core = { from: core.from, to: core.to - wordCount(addition) };
    else return cores;
    cores.push(core);
  }
}

const wordCount = (phrase: string): number => phrase.trim().split(' ').length;

/** Titles that are also a word for a kind of movie say nothing: "Animal", "Horror", "Road Trip". */
function isGenericTitle(phrase: string, { isFamous }: KnownTitle): boolean {
  return lexicon.has(phrase) && !(isFamous && phrase.includes(' ') && !isOrdinaryPhrase(phrase));
}
