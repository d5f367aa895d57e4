import { describe, expect, it } from '@jest/globals';
import { compileGlob } from './glob.js';

describe(compileGlob.name, () => {
  it.each([
    ['session:ann:*', 'session:ann:metadata', true],
    ['session:ann:*', 'session:anna:metadata', false],
    ['*', '', true],
    ['', '', true],
    ['', 'a', false],
    ['a*', 'a', true],
    ['**a', 'bba', true],
    ['*a*b', 'xaxbxb', true],
    ['*a*b', 'xbxa', false],
    ['h?llo', 'hello', true],
    ['h?llo', 'hllo', false],
    ['h[ae]llo', 'hallo', true],
    ['h[^e]llo', 'hello', false],
    ['h[a-c]llo', 'hbllo', true],
    ['h[c-a]llo', 'hbllo', true],
    ['h[a-c]llo', 'hdllo', false],
    ['a[]b', 'ab', false],
    ['a\\*b', 'a*b', true],
    ['a\\*b', 'axb', false],
    ['a[\\]]b', 'a]b', true],
  ])('%j matches %j: %s', (pattern, text, expected) => {
    expect(compileGlob(pattern)(text)).toBe(expected);
  });

  it('matches a pattern that would make backtracking slow', () => {
    expect(compileGlob('*a'.repeat(250) + 'b')('a'.repeat(500))).toBe(false);
  });
});
