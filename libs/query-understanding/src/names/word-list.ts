import { readFileSync } from 'node:fs';

const files = {
  'dictionary-surnames': new URL('./data/dictionary-surnames.json', import.meta.url),
  'never-mended': new URL('./data/never-mended.json', import.meta.url),
};

/** Lists of words that scripts/derive-word-lists.mjs makes. */
export function readWordList(name: keyof typeof files): ReadonlySet<string> {
  return new Set(JSON.parse(readFileSync(files[name], 'utf8')) as string[]);
}
