import { setImmediate as turn } from 'node:timers/promises';
import { afterEach, beforeEach, describe, expect, it, jest } from '@jest/globals';
import { type BreakerState, RedisBreaker } from './redis-breaker.js';

describe(RedisBreaker.name, () => {
  let answers: boolean;
  let probes: number;
  let changes: [BreakerState, string][];
  let breaker: RedisBreaker;

  beforeEach(() => {
    jest.useFakeTimers({ doNotFake: ['setImmediate'] });
    answers = false;
    probes = 0;
    changes = [];
    breaker = new RedisBreaker({
      probe: () => {
        probes++;
        return Promise.resolve(answers);
      },
      onChange: (state, reason) => changes.push([state, reason]),
    });
  });
  afterEach(() => {
    jest.useRealTimers();
  });

  const fail = (times: number): void => {
    for (let time = 0; time < times; time++) breaker.failure();
  };
  const pass = async (ms: number): Promise<void> => {
    await jest.advanceTimersByTimeAsync(ms);
    await turn();
  };

  it('opens after five failures if they are at least half of the calls', () => {
    fail(4);
    expect(breaker.state).toBe('closed');
    fail(1);
    expect(changes).toEqual([['open', '5 of 5 calls failed']]);
  });

  it('stays closed while most calls succeed', () => {
    for (let call = 0; call < 100; call++) {
      breaker.success();
      breaker.success();
      breaker.failure();
    }
    expect(breaker.state).toBe('closed');
  });

  it('opens after ten consecutive failures, however many successes came before', () => {
    for (let call = 0; call < 10_000; call++) breaker.success();
    fail(9);
    expect(breaker.state).toBe('closed');
    fail(1);
    expect(breaker.state).toBe('open');
  });

  it('ignores failures after a second', async () => {
    fail(4);
    await pass(1100);
    fail(4);
    expect(breaker.state).toBe('closed');
  });

  it('sends one probe at a time with growing intervals, and closes when one succeeds', async () => {
    breaker.trip('ECONNREFUSED');
    await pass(10_000);
    expect(probes).toBeGreaterThan(8);
    expect(probes).toBeLessThan(20);
    answers = true;
    await pass(1300);
    expect(breaker.state).toBe('closed');
    expect(changes).toEqual([
      ['open', 'ECONNREFUSED'],
      ['closed', 'a probe succeeded'],
    ]);
  });

  it('probes at once when a connection is ready', async () => {
    breaker.trip('closed');
    answers = true;
    breaker.probeSoon();
    await turn();
    expect([probes, breaker.state]).toEqual([1, 'closed']);
  });

  it('does not count earlier failures after it has closed', async () => {
    fail(5);
    answers = true;
    breaker.probeSoon();
    await turn();
    fail(4);
    expect(breaker.state).toBe('closed');
  });
});
