import { describe, expect, it } from '@jest/globals';
import { isDeeperThan } from './json-body-parser.js';

const deep = (json: string): boolean => isDeeperThan(Buffer.from(json), 3);

describe(isDeeperThan.name, () => {
  it('counts brackets outside of strings', () => {
    expect(deep('[[[1]]]')).toBe(false);
    expect(deep('[{"a":[[1]]}]')).toBe(true);
    expect(deep(String.raw`["[[[[", "\"[[[[", "\\", "]]]]"]`)).toBe(false);
    expect(deep(String.raw`["\\", [[[1]]]]`)).toBe(true);
  });

  it('ends for bodies made to be slow', () => {
    for (const hostile of [String.raw`\"`, '"', '\\', '"\\', '[]'])
      expect(deep(hostile.repeat(2_000_000))).toBe(false);
  });
});
