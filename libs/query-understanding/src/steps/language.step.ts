import { detectAll } from 'tinyld';
import { isEnglishWord } from '../vocabulary/english-words.js';
import { lexicon } from '../vocabulary/lexicon.js';
import { mediaWords } from '../vocabulary/media.js';
import { translations } from '../vocabulary/translations.js';
import type { Word } from '../words/words.js';
import { ruleTimeoutMs, step } from './values.js';

/** Weak evidence: words that also occur in names and titles, or in several languages. */
const weak: ReadonlySet<string> = new Set(
  'de del la el le les du des das der die dem den il lo da do dos das e y et und con un una une en a o os as no film me por come como im per para pour'.split(
    ' ',
  ),
);
/** The detector is unreliable for fewer words: it takes "scorsese crime films" for Italian. */
const minDetectorWords = 4;
const minDetectorAccuracy = 0.5;

/** Scores how strongly the words suggest a language with a translation table. */
function evidence(words: readonly Word[], language: string): { score: number; isStrong: boolean } {
  const { markers, phrases } = translations[language] ?? { markers: new Set(), phrases: new Map() };
  let [score, isStrong] = [0, false];
  for (const { text, original } of words) {
    const isAccented = /[\u0080-\uffff]/.test(original);
    const isKnown = markers.has(text) || (phrases.has(text) && (isAccented || !isEnglish(text)));
    if (!isKnown) continue;
    score += weak.has(text) ? 0.5 : 1;
    isStrong ||= !weak.has(text);
  }
  return { score, isStrong };
}

const isEnglish = (text: string): boolean => isEnglishWord(text) || mediaWords.has(text) || lexicon.has(text);

/** The words of all phrases that are translated. */
const translatedWords: ReadonlySet<string> = new Set(
  Object.values(translations).flatMap(({ markers, phrases }) => [
    ...markers,
    ...[...phrases.keys()].flatMap((phrase) => phrase.split(' ')),
  ]),
);

/** Returns whether a word is English and, if it is about movies, occurs in no translation table. */
const isEnglishOnly = (text: string): boolean =>
  (isEnglishWord(text) && !mediaWords.has(text)) ||
  ((mediaWords.has(text) || lexicon.has(text)) && !translatedWords.has(text));

export const languageStep = step({
  name: 'language',
  description: 'Detects the language (ISO 639-1); English if there are too few words',
  inputs: ['normalize'],
  timeoutMs: ruleTimeoutMs,
  run: ({ normalize: { normalized, words } }) => {
    const isLatin = /^[\p{Script=Latin}\p{P}\p{N}\p{Z}\p{S}\p{M}]*$/u.test(normalized);
    const [detected] = detectAll(normalized);
    const isSure = detected !== undefined && detected.accuracy >= minDetectorAccuracy;
    if (!isLatin) return isSure ? detected.lang : 'en';
    const ranked = Object.keys(translations)
      .map((language) => ({ language, ...evidence(words, language) }))
      // The detector breaks ties.
      .toSorted(
        (a, b) =>
          b.score - a.score || Number(b.language === detected?.lang) - Number(a.language === detected?.lang),
      );
    const englishWords = words.filter(({ text }) => isEnglishOnly(text)).length;
    const [best] = ranked;
    if (best && (best.isStrong || best.score >= 1.5) && best.score > englishWords) return best.language;
    if (englishWords > 0 || words.length < minDetectorWords || !isSure) return 'en';
    // A language with a translation table would have matched some of its words.
    return detected.lang in translations && (best?.score ?? 0) === 0 ? 'en' : detected.lang;
  },
  fallback: () => 'en',
});
