import { describe, expect, it } from '@jest/globals';
import { editDistance } from './edit-distance.js';
import { fold, normalize, toWords } from './words.js';

describe(normalize.name, () => {
  it('returns the same text for equivalent spellings', () => {
    expect(normalize('  Ｈeat\t\n  MOVIES ')).toBe('heat movies');
  });
});

describe(toWords.name, () => {
  const texts = (query: string): string[] => toWords(normalize(query)).map(({ text }) => text);

  it.each([
    ["Ocean's Eleven", ['oceans', 'eleven']],
    ['PG-13 sci-fi', ['pg', '13', 'sci', 'fi']],
    ["the '90s, 90's", ['the', '90s', '90s']],
    ['rated 7.5/10 or 80%+', ['rated', '7.5', '/', '10', 'or', '80', '%', '+']],
    ['Amélie & Se7en', ['amelie', 'and', 'se7en']],
    ['20,000 leagues', ['20000', 'leagues']],
    ['“Heat”!?', ['heat']],
    ['', []],
  ])('%s', (query, expected) => {
    expect(texts(query)).toEqual(expected);
  });

  it('recognizes clauses, possessors and quotes', () => {
    const words = toWords(`murphy's best, "the big short" now`);
    expect(words.map(({ startsClause }) => startsClause)).toEqual([true, false, true, false, false, false]);
    expect(words[0]?.possessor).toBe('murphy');
    expect(words.filter(({ quoted }) => quoted).map(({ text }) => text)).toEqual(['the', 'big', 'short']);
  });

  it('terminates for hostile text', () => {
    expect(toWords('"'.repeat(50_000))).toEqual([]);
    expect(toWords("a'".repeat(25_000)).length).toBeGreaterThan(0);
  });
});

describe(fold.name, () => {
  it.each([
    ['Léon: The Professional', 'leon the professional'],
    ['F.W. Murnau', 'f w murnau'],
    ['(500) Days of Summer', '500 days of summer'],
    ['Jørgen Łoś', 'jorgen los'],
  ])('%s', (text, expected) => expect(fold(text)).toBe(expected));
});

describe(editDistance.name, () => {
  it.each([
    ['comedy', 'commedy', 1],
    ['fantasy', 'fanatsy', 1],
    ['heat', 'heat', 0],
    ['abc', 'xyz', 3],
    ['kitten', 'sitting', 3],
  ])('%s, %s: %i', (a, b, distance) => expect(editDistance(a, b, 3)).toBe(distance));

  it('stops at its limit', () => {
    expect(editDistance('kitten', 'sitting', 2)).toBe(3);
    expect(editDistance('a', 'abcdef', 2)).toBe(3);
  });
});
