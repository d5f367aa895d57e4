import { readFileSync } from 'node:fs';

const files = {
  'dictionary-surnames': new URL('./data/dictionary-surnames.json', import.meta.url),
  'spelling-exceptions': new URL('./data/spelling-exceptions.json', import.meta.url),
};

/** Returns one of the derived word lists that `data/SOURCE.md` describes. */
export function readWordList(name: keyof typeof files): ReadonlySet<string> {
  return new Set(JSON.parse(readFileSync(files[name], 'utf8')) as string[]);
}
