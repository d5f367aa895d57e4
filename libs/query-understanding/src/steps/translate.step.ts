import { translations } from '../vocabulary/translations.js';
import { phraseOf, type Word } from '../words/words.js';
import { ruleTimeoutMs, step } from './values.js';

const maxPhraseWords = 5;

export const translateStep = step({
  name: 'translate',
  description: 'Translates movie vocabulary from Spanish, French, German, Italian and Portuguese to English',
  inputs: ['normalize', 'language'],
  timeoutMs: ruleTimeoutMs,
  run: ({ normalize: { words }, language }) => {
    const phrases = translations[language]?.phrases;
    if (!phrases) return words;
    const translated: Word[] = [];
    for (let from = 0; from < words.length;) {
      const found = phraseAt(words, from, phrases);
      if (found) translated.push(...toEnglish(words, from, found));
      else translated.push(words[from] as Word);
      from = found?.to ?? from + 1;
    }
    return decades(translated);
  },
  fallback: ({ normalize: { words } }) => words,
});

function phraseAt(words: readonly Word[], from: number, phrases: ReadonlyMap<string, string>) {
  for (let to = Math.min(words.length, from + maxPhraseWords); to > from; to--) {
    const english = phrases.get(phraseOf(words, { from, to }));
    if (english !== undefined) return { english, to };
  }
  return undefined;
}

function toEnglish(words: readonly Word[], from: number, { english }: { english: string }): Word[] {
  const first = words[from] as Word;
  return english
    .split(' ')
    .filter(Boolean)
    .map((text, index) => ({
      ...first,
      text,
      original: text,
      possessor: undefined,
      startsClause: index === 0 && first.startsClause,
    }));
}

/** Converts decades: "años 80", "aus den 60er jahren". */
function decades(words: readonly Word[]): Word[] {
  return words.flatMap((word, index) => {
    const next = words[index + 1]?.text ?? '';
    const before = words[index - 1]?.text;
    if (word.text === 's_of')
      return /^\d\d(\d0)?(ern?)?$/.test(next) ? [] : [{ ...word, text: 'from', original: 'from' }];
    if (/^\d\dern?$/.test(word.text)) return [{ ...word, text: `${word.text.slice(0, 2)}s` }];
    if (before === 's_of' && /^\d\d(\d0)?$/.test(word.text)) return [{ ...word, text: `${word.text}s` }];
    return [word];
  });
}
