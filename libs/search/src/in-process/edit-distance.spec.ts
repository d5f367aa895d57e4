import { describe, expect, it } from '@jest/globals';
import { assert, constantFrom, nat, property, string } from 'fast-check';
import { editDistance, prefixDistance } from './edit-distance.js';

/** The textbook definition, without early exits. */
function definition(a: string, b: string): number {
  const memo = new Map<string, number>();
  const distance = (i: number, j: number): number => {
    if (i === 0 || j === 0) return i + j;
    const key = `${i},${j}`;
    const known = memo.get(key);
    if (known !== undefined) return known;
    const same = a[i - 1] === b[j - 1];
    let value = Math.min(
      distance(i - 1, j) + 1,
      distance(i, j - 1) + 1,
      distance(i - 1, j - 1) + (same ? 0 : 1),
    );
    if (i > 1 && j > 1 && a[i - 1] === b[j - 2] && a[i - 2] === b[j - 1])
      value = Math.min(value, distance(i - 2, j - 2) + 1);
    memo.set(key, value);
    return value;
  };
  return distance(a.length, b.length);
}

describe('editDistance', () => {
  it.each([
    ['', '', 0],
    ['heat', 'heat', 0],
    ['heat', 'heats', 1],
    ['heat', 'eat', 1],
    ['heat', 'beat', 1],
    ['heat', 'haet', 1],
    ['memento', 'memnto', 1],
    ['', 'abc', 3],
    ['ca', 'abc', 3],
  ])('%j and %j are %d apart', (a, b, distance) => {
    expect(editDistance(a, b, 10)).toBe(distance);
    expect(editDistance(b, a, 10)).toBe(distance);
  });

  it('equals its definition, limited to max + 1', () => {
    const text = string({ unit: constantFrom('a', 'b', 'c'), maxLength: 9 });
    assert(
      property(text, text, nat(6), (a, b, max) => {
        expect(editDistance(a, b, max)).toBe(Math.min(definition(a, b), max + 1));
      }),
      { numRuns: 2_000 },
    );
  });
});

describe('prefixDistance', () => {
  it.each([
    ['blade', 'bladerunner', 0],
    ['blde', 'bladerunner', 1],
    ['bladde', 'bladerunner', 1],
    ['blade', 'blad', 1],
    ['blade', '', 3],
    ['xyz', 'bladerunner', 3],
    ['', 'bladerunner', 0],
  ])('%j to the beginning of %j: %d', (prefix, text, distance) => {
    expect(prefixDistance(prefix, text, 2)).toBe(distance);
  });
});
