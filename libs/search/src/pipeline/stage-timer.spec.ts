import { setTimeout as delay } from 'node:timers/promises';
import { describe, expect, it } from '@jest/globals';
import { StageTimer } from './stage-timer.js';

describe('StageTimer', () => {
  it('returns the result of a stage, and reports it', async () => {
    const timer = new StageTimer();
    expect(await timer.measure('rank', () => 7)).toBe(7);
    expect(timer.timings).toEqual([{ stage: 'rank', durationMs: expect.any(Number) }]);
  });

  it('adds up the durations of a stage that runs several times', async () => {
    const timer = new StageTimer();
    await timer.measure('retrieve', () => delay(5));
    const [first] = timer.timings;
    await timer.measure('retrieve', () => delay(5));
    const [both, ...others] = timer.timings;
    expect(others).toEqual([]);
    expect(both?.durationMs).toBeGreaterThan(first?.durationMs ?? 0);
  });

  it('reports a stage that fails, and passes the error on', async () => {
    const timer = new StageTimer();
    await expect(timer.measure('embed', () => Promise.reject(new Error('no vector')))).rejects.toThrow(
      'no vector',
    );
    expect(timer.timings.map(({ stage }) => stage)).toEqual(['embed']);
  });
});
