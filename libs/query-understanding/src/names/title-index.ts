import type { KnownTitle } from '@app/catalogue';
import { editDistance, tolerance } from '../words/edit-distance.js';
import { fold } from '../words/words.js';

const maxTitleWords = 12;

/** Titles by the way in which they are typed: folded, with or without their article. */
export class TitleIndex {
  readonly longest = maxTitleWords;
  private readonly byKey = new Map<string, KnownTitle>();
  /** Keys by length and first letter, which is seldom mistyped. */
  private readonly alike = new Map<string, string[]>();

  /** @param titles the best known first: the first one of a key takes it */
  constructor(titles: readonly KnownTitle[]) {
    for (const title of titles) this.add(fold(title.title), title);
    for (const title of titles) {
      for (const alternative of title.alternatives) this.add(fold(alternative), title);
    }
    for (const title of titles) {
      const key = fold(title.title);
      this.add(key.replace(/^(the|a|an) /, ''), title);
      const [head = ''] = title.title.split(/: | - /);
      // "Borat" of "Borat: Cultural Learnings …": one word may be anything.
      if (head !== title.title && fold(head).includes(' ')) this.add(fold(head), title);
    }
    for (const [key, title] of Array.from(this.byKey)) {
      for (const variant of numeralVariants(key)) this.add(variant, title);
    }
    for (const key of this.byKey.keys()) {
      const keys = this.alike.get(`${key[0]}${key.length}`) ?? [];
      keys.push(key);
      this.alike.set(`${key[0]}${key.length}`, keys);
    }
  }

  find(key: string): KnownTitle | undefined {
    return this.byKey.get(key);
  }

  /** The title nearest to a misspelled one; undefined where none is near enough. */
  findNear(key: string): KnownTitle | undefined {
    const limit = tolerance(key.length);
    let best: { title: KnownTitle; distance: number } | undefined;
    for (let length = key.length - limit; length <= key.length + limit; length++) {
      for (const candidate of this.alike.get(`${key[0]}${length}`) ?? []) {
        const distance = editDistance(key, candidate, (best?.distance ?? limit + 1) - 1);
        if (distance < (best?.distance ?? limit + 1)) {
          best = { title: this.byKey.get(candidate) as KnownTitle, distance };
        }
      }
    }
    return best?.title;
  }

  private add(key: string, title: KnownTitle): void {
    if (key && !this.byKey.has(key)) this.byKey.set(key, title);
  }
}

const romans: readonly (readonly [string, string])[] = [
  ['ii', '2'],
  ['iii', '3'],
  ['iv', '4'],
  ['v', '5'],
  ['vi', '6'],
  ['vii', '7'],
  ['viii', '8'],
];
const spelledParts: readonly (readonly [string, string])[] = [
  ['one', '1'],
  ['two', '2'],
  ['three', '3'],
];

const endsWithNumeral = / (?:[ivx]+|\d|one|two|three)$/;

/** "Frozen II" is typed "frozen 2", "Dune: Part Two" "dune 2" or "dune part 2". */
function numeralVariants(key: string): string[] {
  if (!endsWithNumeral.test(key)) return [];
  const variants: string[] = [];
  for (const [roman, digit] of romans) {
    if (key.endsWith(` ${roman}`)) variants.push(`${key.slice(0, -roman.length)}${digit}`);
    if (key.endsWith(` ${digit}`)) variants.push(`${key.slice(0, -digit.length)}${roman}`);
  }
  for (const [word, digit] of spelledParts) {
    if (key.endsWith(` part ${word}`)) {
      const head = key.slice(0, -` part ${word}`.length);
      variants.push(`${head} part ${digit}`, `${head} ${digit}`);
    }
  }
  for (const part of [' part ii', ' part iii']) {
    if (key.endsWith(part)) variants.push(`${key.slice(0, -part.length)} ${part === ' part ii' ? '2' : '3'}`);
  }
  return variants;
}
