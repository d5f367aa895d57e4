import { detectAll } from 'tinyld';
import { lexicon } from '../vocabulary/lexicon.js';
import { translations } from '../vocabulary/translations.js';
import type { Word } from '../words/words.js';
import { ruleTimeoutMs, step } from './values.js';

/** Short queries mislead a detector: "scorsese crime films" is Italian to it. One of these says English. */
const english: ReadonlySet<string> = new Set(
  'the movies movie films with about like from of and but not directed starring by for after before without best new something show me find watch what whats who is are in to i want similar comedies thrillers an documentary under over hours hrs minutes mins about abt scifi sci movies movie please me my that this without some any imdb rated mind best trending now right watching'.split(
    ' ',
  ),
);
const leastWords = 3;
const leastAccuracy = 0.5;

/** Words of a language that no English query has. */
function markersOf(words: readonly Word[], language: string): number {
  const vocabulary = translations[language]?.markers;
  return vocabulary ? words.filter(({ text }) => vocabulary.has(text)).length : 0;
}

/** Genres, moods and themes whose words no other language here shares. */
const isEnglishConcept = (text: string): boolean =>
  lexicon.has(text) &&
  !Object.values(translations).some(({ markers, phrases }) => markers.has(text) || phrases.has(text));

export const languageStep = step({
  name: 'language',
  description: 'ISO 639-1; English where the words are too few to tell',
  inputs: ['normalise'],
  timeoutMs: ruleTimeoutMs,
  run: ({ normalise: { normalized, words } }) => {
    const marked = Object.keys(translations)
      .map((language) => ({ language, markers: markersOf(words, language) }))
      .toSorted((a, b) => b.markers - a.markers)[0];
    const englishMarkers = words.filter(({ text }) => english.has(text) || isEnglishConcept(text)).length;
    if (marked && marked.markers >= 2 && marked.markers > englishMarkers) return marked.language;
    if (englishMarkers > 0) return 'en';
    const isLatin = /^[\p{Script=Latin}\p{P}\p{N}\p{Z}\p{S}]*$/u.test(normalized);
    if (isLatin && words.length < leastWords && (marked?.markers ?? 0) === 0) return 'en';
    const [detected] = detectAll(normalized);
    if (!detected || detected.accuracy < leastAccuracy)
      return marked && marked.markers > 0 ? marked.language : 'en';
    return detected.lang;
  },
  fallback: () => 'en',
});
