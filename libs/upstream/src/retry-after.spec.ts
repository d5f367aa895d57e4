import { describe, expect, it } from '@jest/globals';
import { parseRetryAfterMs } from './retry-after.js';

describe(parseRetryAfterMs.name, () => {
  const nowMs = Date.parse('2026-11-21T00:00:00Z');

  it.each([
    ['3', 3000],
    ['0', 0],
    ['Sat, 21 Nov 2026 00:00:10 GMT', 10_000],
    ['Fri, 20 Nov 2026 00:00:00 GMT', 0],
    ['soon', undefined],
    [undefined, undefined],
  ])('%s', (value, expected) => {
    expect(parseRetryAfterMs(value, nowMs)).toBe(expected);
  });
});
