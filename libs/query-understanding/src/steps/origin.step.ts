import {
  countriesByAdjective,
  countriesByName,
  industries,
  languagesByName,
} from '../vocabulary/countries.js';
import { genreNouns } from '../vocabulary/genres.js';
import { lexicon } from '../vocabulary/lexicon.js';
import { mediaWords } from '../vocabulary/media.js';
import { anyOf } from '../words/phrase-pattern.js';
import { overlaps, type Span, type Word } from '../words/words.js';
import type { WordText } from '../words/word-text.js';
import { type Origin, ruleTimeoutMs, step, textWithoutNames } from './values.js';

/** The first words of all names. Queries without any of them skip the patterns. */
const firstWords: ReadonlySet<string> = new Set(
  [...countriesByAdjective.keys(), ...countriesByName.keys(), ...languagesByName.keys()].map(
    (name) => name.split(' ')[0] as string,
  ),
);

const longestFirst = (names: Iterable<string>): string =>
  anyOf([...names].toSorted((a, b) => b.length - a.length));
const adjective = longestFirst(countriesByAdjective.keys());
const country = longestFirst(countriesByName.keys());
const language = longestFirst(languagesByName.keys());
const listOf = (name: string): string => `(${name}(?:(?: \\|)?(?: (?:and|or|nor))? ${name})*)`;

const media = anyOf([...mediaWords, ...genreNouns]);
const end =
  '(?= \\||$| (?:with|from|that|which|and|or|by|about|released|made|under|over|after|before|please|of|for|but))';

interface Rule {
  readonly pattern: RegExp;
  readonly field: 'countries' | 'languages' | 'neither';
}

/** In order of precedence: words that a rule has matched are not read by later rules. */
const rules: readonly Rule[] = [
  // "not in English", "no French movies"
  {
    pattern: new RegExp(
      `(?:not|no|non|without|never|except|excluding)(?: in| from| any)? (?:${adjective}|${language}|${country})`,
    ),
    field: 'neither',
  },
  {
    pattern: new RegExp(
      `(?:in )?(?:the )?${listOf(language)} (?:language|languages|speaking|spoken|dialogue|dialog|audio)`,
    ),
    field: 'languages',
  },
  {
    pattern: new RegExp(
      `(?:spoken |${media} |dialogue |shot |filmed |original |be |are |is |entirely |all )?in (?:the )?(?:original )?${listOf(language)}${end}`,
    ),
    field: 'languages',
  },
  {
    pattern: new RegExp(
      `(?:${media}|anything|something|stuff|ones?|made|produced|coproduced|come|comes|coming|hailing) (?:in|from|out of|by) (?:the )?${listOf(`(?:the )?${country}`)}`,
    ),
    field: 'countries',
  },
];
const origins = new RegExp(listOf(`(?:${adjective}|${language})`));

export const originStep = step({
  name: 'origin',
  description: 'Reads countries of production and spoken languages',
  inputs: ['spelling', 'titles', 'people'],
  timeoutMs: ruleTimeoutMs,
  run: (inputs) => read(inputs.spelling, textWithoutNames(inputs)),
  fallback: () => ({ countries: [], languages: [] }),
});

function read(words: readonly Word[], text: WordText): Origin {
  const countries = new Set<string>();
  const languages = new Set<string>();
  const spans: Span[] = [];
  if (!words.some(({ text: word }) => firstWords.has(word))) return { countries: [], languages: [] };
  const isTaken = (span: Span): boolean => spans.some((other) => overlaps(other, span));
  for (const { pattern, field } of rules) {
    for (const { groups, span } of text.findAll(pattern)) {
      if (isTaken(span)) continue;
      spans.push(span);
      const codes = field === 'languages' ? languagesByName : countriesByName;
      const found = field === 'languages' ? languages : countries;
      if (field === 'neither') continue;
      for (const name of namesIn(groups[0], codes.keys()))
        codes.get(name)?.forEach((code) => found.add(code));
    }
  }
  for (const { groups, span } of text.findAll(origins)) {
    if (isTaken(span) || !describesMovies(words, span)) continue;
    spans.push(span);
    for (const name of namesIn(groups[0], [...countriesByAdjective.keys(), ...languagesByName.keys()])) {
      // "Korean movies" are from Korea, "Hindi movies" are in Hindi.
      const codes = countriesByAdjective.get(name);
      if (codes) codes.forEach((code) => countries.add(code));
      else languagesByName.get(name)?.forEach((code) => languages.add(code));
    }
  }
  return { countries: [...countries], languages: [...languages] };
}

/** Splits a list of names: "swedish or danish". */
function namesIn(list = '', known: Iterable<string>): string[] {
  const names = new RegExp(`(?<![^ ])${longestFirst(known)}(?![^ ])`, 'g');
  return [...list.matchAll(names)].map(([name]) => name);
}

/** "Korean crime thrillers", but not "the Korean War" and "a French family moves". */
function describesMovies(words: readonly Word[], { from, to }: Span): boolean {
  const text = (index: number): string => words[index]?.text ?? '';
  if (industries.has(text(from))) return true;
  // "about American history", "of the German army"
  if (/^(?:about|of|on|against|during|into|to|for|with)$/.test(text(from - 1))) return false;
  for (let length = 2; length <= 3; length++) {
    const phrase = Array.from({ length }, (_, index) => text(to - 1 + index)).join(' ');
    if (lexicon.has(phrase)) return false;
  }
  for (let index = to; index < Math.min(words.length, to + 4); index++) {
    const word = text(index);
    if (words[index]?.startsClause) return false;
    if (mediaWords.has(word) || genreNouns.has(word)) return true;
    if (!isModifier(words, index)) return false;
    if (lexicon.get(word)?.kind === 'genre' && endsPhrase(words, index + 1)) return true;
  }
  return false;
}

/** "Japanese horror from the 90s", but not "a German war hero". */
const endsPhrase = (words: readonly Word[], index: number): boolean => {
  const next = words[index];
  return (
    next === undefined ||
    next.startsClause ||
    /^(?:with|from|that|which|by|about|released|made|shot|under|over|after|before|since|between|of|in|longer|shorter|rated|post|pre|please)$/.test(
      next.text,
    )
  );
};

const modifier =
  /^(?:and|or|language|made|new|old|classic|indie|art|house|arthouse|cult|silent|low|budget|animated|1[89]\d\ds?|20\d\ds?|\d\ds)$/;

/** Genres, moods and themes stand between an adjective and its noun: "Italian crime movies". */
function isModifier(words: readonly Word[], index: number): boolean {
  const [word, next] = [words[index]?.text ?? '', words[index + 1]?.text ?? ''];
  const before = words[index - 1]?.text ?? '';
  return (
    modifier.test(word) ||
    [word, `${word} ${next}`, `${before} ${word}`].some((phrase) => lexicon.has(phrase))
  );
}
