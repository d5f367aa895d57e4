import { editDistance, prefixDistance } from './edit-distance.js';
import { plainText } from '../text/plain-text.js';

interface Name<T> {
  readonly value: T;
  /** Plain, as typed. */
  readonly plain: string;
  /** Plain, without an article in front and without spaces: "bladerunner" is "Blade Runner". */
  readonly compact: string;
}

/** Titles further away than this share of their length are other titles. */
const minSimilarity = 0.7;

/** Names that are found as a whole, with tolerance for typos, by the trigrams that they share (as pg_trgm does). */
export class NameIndex<T> {
  private readonly names: Name<T>[] = [];
  private readonly postings = new Map<string, number[]>();

  add(text: string, value: T): void {
    const plain = plainText(text);
    const compact = compactOf(plain);
    if (compact === '') return;
    const position = this.names.push({ value, plain, compact }) - 1;
    for (const trigram of trigramsOf(compact)) {
      const posting = this.postings.get(trigram);
      if (posting) posting.push(position);
      else this.postings.set(trigram, [position]);
    }
  }

  /** Returns names that are the text or nearly are, with their similarity from `minSimilarity` to 1, the nearest first. */
  nearest(text: string, limit: number): { value: T; similarity: number }[] {
    const plain = plainText(text);
    const compact = compactOf(plain);
    if (compact === '') return [];
    const trigrams = trigramsOf(compact);
    const shared = new Map<number, number>();
    for (const trigram of trigrams)
      for (const position of this.postings.get(trigram) ?? [])
        shared.set(position, (shared.get(position) ?? 0) + 1);
    const found: { value: T; similarity: number }[] = [];
    for (const [position, count] of shared) {
      const name = this.names[position] as Name<T>;
      // One edit changes at most three trigrams; most names are out by this count alone.
      if (count < 0.25 * Math.max(trigrams.size, name.compact.length - 1)) continue;
      const similarity = similarityOf(compact, name.compact);
      if (similarity >= minSimilarity)
        found.push({ value: name.value, similarity: name.plain === plain ? 1 : Math.min(similarity, 0.99) });
    }
    return found.toSorted((a, b) => b.similarity - a.similarity).slice(0, limit);
  }

  /** Returns names that begin with the prefix, or of which a word does. */
  *completions(prefix: string): Generator<{ value: T; isStart: boolean }> {
    const plain = plainText(prefix);
    if (plain === '') return;
    const inner = ` ${plain}`;
    for (const { value, plain: name } of this.names) {
      if (name.startsWith(plain)) yield { value, isStart: true };
      else if (name.includes(inner)) yield { value, isStart: false };
    }
  }

  /** Returns names whose beginning is the prefix but for a typo or two. */
  *nearCompletions(prefix: string): Generator<T> {
    const compact = compactOf(plainText(prefix));
    if (compact.length < 4) return;
    const max = compact.length < 7 ? 1 : 2;
    const first = compact.slice(0, 1);
    for (const { value, compact: name } of this.names) {
      if (!name.startsWith(first)) continue;
      if (prefixDistance(compact, name, max) <= max) yield value;
    }
  }
}

function compactOf(plain: string): string {
  const compact = plain.replace(/^(the|a|an) (?=.)/, '').replaceAll(' ', '');
  return compact === '' ? plain : compact;
}

function trigramsOf(compact: string): Set<string> {
  const padded = `  ${compact} `;
  const trigrams = new Set<string>();
  for (let start = 0; start + 3 <= padded.length; start++) trigrams.add(padded.slice(start, start + 3));
  return trigrams;
}

function similarityOf(a: string, b: string): number {
  const length = Math.max(a.length, b.length);
  const max = Math.floor((1 - minSimilarity) * length);
  return 1 - editDistance(a, b, max) / length;
}
