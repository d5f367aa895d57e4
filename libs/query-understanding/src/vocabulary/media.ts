/** Words for movies in general. */
export const mediaWords: ReadonlySet<string> = new Set([
  'movie',
  'movies',
  'film',
  'films',
  'flick',
  'flicks',
  'picture',
  'pictures',
  'title',
  'titles',
  'feature',
  'features',
  'cinema',
]);

const spelled = [
  'zero',
  'one',
  'two',
  'three',
  'four',
  'five',
  'six',
  'seven',
  'eight',
  'nine',
  'ten',
  'eleven',
  'twelve',
  'thirteen',
  'fourteen',
  'fifteen',
  'sixteen',
  'seventeen',
  'eighteen',
  'nineteen',
];
const tens = ['twenty', 'thirty', 'forty', 'fifty', 'sixty', 'seventy', 'eighty', 'ninety'];

const numbers: ReadonlyMap<string, number> = new Map([
  ...spelled.map((word, value): [string, number] => [word, value]),
  ...tens.map((word, index): [string, number] => [word, 20 + 10 * index]),
  ['hundred', 100],
  ['dozen', 12],
]);

/** Returns whether a word spells a number that others can follow: "seven", "twenty", but not "hundred". */
export const isNumberWord = (word: string): boolean => spelled.includes(word) || tens.includes(word);

/** Parses a number: "7", "7.5" or "seven". */
export function toNumber(word: string | undefined): number | undefined {
  if (word === undefined) return undefined;
  return /^\d+(\.\d+)?$/.test(word) ? Number(word) : numbers.get(word);
}
