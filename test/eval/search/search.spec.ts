import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { readCases } from './search-case.js';
import { scoresOf, type SearchScore } from './search-score.js';
import { Searcher } from './searcher.js';

const searcher = new Searcher();
beforeAll(() => searcher.start());
afterAll(() => searcher.stop());

/** The scores are higher; `npm run eval -- search` prints them. */
describe.each(['development', 'held-out'])('search for the %s queries', (name) => {
  it('keeps its scores', async () => {
    const { scores } = await scoresOf(
      searcher,
      'search',
      readCases(join(import.meta.dirname, `${name}.jsonl`)),
    );
    const share = (kind: string, part: keyof SearchScore, of: keyof SearchScore = 'queries'): number => {
      const score = scores.get(kind);
      return (score?.[part] ?? 0) / (score?.[of] ?? 1);
    };
    expect(share('plot', 'first')).toBeGreaterThanOrEqual(0.75);
    expect(share('plot', 'amongFive')).toBeGreaterThanOrEqual(0.85);
    expect(share('typo', 'first')).toBeGreaterThanOrEqual(0.95);
    expect(share('similar', 'amongFive')).toBe(1);
    expect(share('nonsense', 'first')).toBe(1);
    expect(share('person', 'satisfied', 'constrained')).toBe(1);
    expect(share('constraint', 'satisfied', 'constrained')).toBeGreaterThanOrEqual(0.85);
  }, 60_000);
});
