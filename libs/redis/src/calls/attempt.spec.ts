import { describe, expect, it } from '@jest/globals';
import type { RedisBreaker } from '../breaker/redis-breaker.js';
import { RedisBudget } from '../budget/redis-budget.js';
import { Attempt, type AttemptContext } from './attempt.js';
import type { CallObserver } from './call-observer.js';

const context: AttemptContext = {
  breaker: { success: () => undefined } as unknown as RedisBreaker,
  observer: { ended: () => undefined } as unknown as CallObserver,
  lastReplyMs: 0,
};

/** Returns what a budget of 100 ms has left after a reply that took this long. */
const remainingAfter = (replyMs: number): number => {
  const budget = new RedisBudget(100);
  const startedMs = performance.now() - replyMs;
  budget.begin(startedMs);
  new Attempt<string>(context, 'GET', budget, 100, startedMs).onValue('value');
  return budget.remainingMs;
};

describe(Attempt.name, () => {
  it('charges the duration of a call to the budget', () => {
    expect(remainingAfter(40)).toBeLessThanOrEqual(60);
  });

  it('does not charge a stall of the event loop, which is why a reply can arrive after its deadline', () => {
    expect(remainingAfter(180)).toBeGreaterThan(90);
  });
});
