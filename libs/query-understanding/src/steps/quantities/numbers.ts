import { toNumber } from '../../vocabulary/media.js';

/** A number word, as `WordText` marks it. Its sign keeps patterns small. */
const spelled = '#[a-z]+';
const scales: readonly (readonly [pattern: RegExp, factor: number])[] = [
  [/^(?:k|thousands?|grand)$/, 1e3],
  [/^(?:m|mm|mn|mil|mill|mio|millions?)$/, 1e6],
  [/^(?:b|bn|bil|billions?)$/, 1e9],
];

/** The source of a scale: "k", "million", "bn". */
export const scale = '(?:k|thousands?|grand|m|mm|mn|mil|mill|mio|millions?|b|bn|bil|billions?)';
/** The source of a number without its scale and without articles: "3.5", "twenty five". */
export const plainNumber = `(?:\\d+(?:\\.\\d+)?|(?:${spelled} )?hundred(?: and)?(?: ${spelled}){0,2}|${spelled}(?: ${spelled})?)`;
export const digits = '\\d+(?:\\.\\d+)?';
/** The source of what stands for a number before a unit: "half an", "a hundred". */
export const article = `(?:half an?|quarter of an?|an? hundred(?: and)?(?: ${spelled}){0,2}|a couple(?: of)?|an?)`;

/** Returns the source of a number with a unit: "3.5h", "two hours", "half a million". */
export const withUnit = (unit: string): string =>
  `(?:${digits} ?${unit}|(?:${article}|${plainNumber}) ${unit})`;
/** The source of a number with or without a scale: "1.2k", "2000", "a thousand". */
export const count = `(?:${withUnit(scale)}|an? hundred|${plainNumber})`;

/**
 * Parses a number with or without a scale: "76m", "two hundred million".
 *
 * @param defaultFactor the scale of a number that has none: the "12" of "12 to 15 million"
 */
export function parseNumber(text: string, defaultFactor = 1): number | undefined {
  const words = text
    .replace(/[$'#]/g, '')
    .replace(/(?<=\d)(?=\p{L})/gu, ' ')
    .split(' ')
    .filter((word) => word && word !== 'and' && word !== 'of');
  let factor = defaultFactor;
  const last = words.at(-1) ?? '';
  const [, found] = scales.find(([pattern]) => pattern.test(last)) ?? [];
  if (found !== undefined) {
    factor = found;
    words.pop();
  }
  const value = sum(words);
  return value === undefined ? undefined : Math.round(value * factor * 1000) / 1000;
}

/** Returns the factor of the scale that ends a text, if there is one. */
export const factorOf = (text: string): number | undefined =>
  scales.find(([pattern]) => pattern.test(/\p{L}+$/u.exec(text)?.[0] ?? ''))?.[1];

function sum(words: readonly string[]): number | undefined {
  switch (words.join(' ')) {
    case 'half a':
    case 'half an':
      return 0.5;
    case 'quarter a':
    case 'quarter an':
      return 0.25;
    case 'a couple':
      return 2;
  }
  let total = 0;
  for (const word of words) {
    if (word === 'hundred') total = (total || 1) * 100;
    else if (word === 'a' || word === 'an') total += word === words.at(-1) ? 1 : 0;
    else {
      const value = toNumber(word);
      if (value === undefined) return undefined;
      total += value;
    }
  }
  return words.length > 0 ? total : undefined;
}
