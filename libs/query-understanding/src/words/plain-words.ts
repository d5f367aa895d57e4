import { toNumber } from '../vocabulary/media.js';
import type { Word } from './words.js';

/** Common abbreviations and short spellings. */
const abbreviations: Readonly<Record<string, string>> = {
  w: 'with',
  wo: 'without',
  abt: 'about',
  bout: 'about',
  yr: 'year',
  yrs: 'years',
  pls: 'please',
  plz: 'please',
  thx: 'thanks',
  u: 'you',
  smth: 'something',
  sumthing: 'something',
  somethin: 'something',
  gonna: 'going to',
  wanna: 'want to',
  smthg: 'something',
  sth: 'something',
  dir: 'director',
  starrin: 'starring',
  mvs: 'movies',
  mov: 'movie',
  doco: 'documentary',
  docos: 'documentaries',
  undr: 'under',
  ur: 'your',
  rn: 'right now',
};

/** Sounds of hesitation: "uhh", "hmm". */
const hesitation = /^(?:u+h+|u+m+|e+r+m*|h+m+|a+h+|o+h+|mm+)$/;
/** "like" is a filler word after `beforeFiller` and before `afterFiller`. */
const beforeFiller = new Set('so from rated thats its uh um is was but okay ok just maybe'.split(' '));
const afterFiller = new Set(
  'at less more no uh um whats what really maybe around about under over kinda super from in not made with'.split(
    ' ',
  ),
);

/** Drops hesitation and filler words, expands abbreviations and converts spoken years to numbers. */
export function plainWords(words: readonly Word[]): Word[] {
  const spoken = words.filter(
    ({ text }, index) => !hesitation.test(text) || /^\d/.test(words[index - 1]?.text ?? ''),
  );
  const kept: Word[] = [];
  spoken.forEach((word, index) => {
    if (word.text === 'like' && isFiller(spoken, index)) return;
    const full = abbreviations[word.text];
    for (const text of full?.split(' ') ?? [word.text]) {
      kept.push(text === word.text ? word : { ...word, text, original: text, possessor: undefined });
    }
  });
  return spokenYears(kept.map((word, index) => (index === 0 ? { ...word, startsClause: true } : word)));
}

function isFiller(words: readonly Word[], index: number): boolean {
  const before = words[index - 1]?.text ?? '';
  const after = words[index + 1]?.text ?? '';
  if (index === 0) return afterFiller.has(after);
  if (beforeFiller.has(before))
    return afterFiller.has(after) || toNumber(after) !== undefined || before === 'so';
  return /^(?:at|uh|um|no|really|kinda|super)$/.test(after);
}

/** Converts "two thousand four", "nineteen ninety nine" and "twenty twenty one". */
function spokenYears(words: readonly Word[]): Word[] {
  const result: Word[] = [];
  for (let index = 0; index < words.length;) {
    const found = spokenYearAt(words, index);
    const word = words[index] as Word;
    if (found) result.push({ ...word, text: `${found.year}`, original: `${found.year}` });
    else result.push(word);
    index += found?.length ?? 1;
  }
  return result;
}

function spokenYearAt(words: readonly Word[], index: number): { year: number; length: number } | undefined {
  const at = (offset: number): string => words[index + offset]?.text ?? '';
  const digits = (text: string): number | undefined => (/^[a-z]+$/.test(text) ? toNumber(text) : undefined);
  if (at(0) === 'two' && at(1) === 'thousand') {
    const start = at(2) === 'and' ? 3 : 2;
    const rest = digits(at(start));
    return rest !== undefined && rest < 30 ? { year: 2000 + rest, length: start + 1 } : undefined;
  }
  const century = at(0) === 'nineteen' ? 1900 : at(0) === 'twenty' ? 2000 : undefined;
  const tens = digits(at(1));
  if (century === undefined || tens === undefined || tens < 10) return undefined;
  const ones = tens % 10 === 0 ? digits(at(2)) : undefined;
  return ones !== undefined && ones > 0 && ones < 10
    ? { year: century + tens + ones, length: 3 }
    : { year: century + tens, length: 2 };
}
