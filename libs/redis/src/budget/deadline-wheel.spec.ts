import { describe, expect, it } from '@jest/globals';
import { DeadlineWheel } from './deadline-wheel.js';
import { RedisBudget } from './redis-budget.js';

const expiryOf = (wheel: DeadlineWheel, timeoutMs: number): Promise<number> => {
  const startedMs = performance.now();
  return new Promise((resolve) => wheel.add(timeoutMs, () => resolve(performance.now() - startedMs)));
};

// The wheel's own timer keeps no process alive, and Jest's loop must go on.
const keepAlive = setInterval(() => undefined, 1000);
keepAlive.unref();

describe(DeadlineWheel.name, () => {
  it('never expires early, whatever the order of adding', async () => {
    const wheel = new DeadlineWheel();
    const timeouts = [40, 5, 20, 1, 30];
    const expiries = await Promise.all(timeouts.map((timeoutMs) => expiryOf(wheel, timeoutMs)));
    expiries.forEach((expiryMs, index) => expect(expiryMs).toBeGreaterThanOrEqual(timeouts[index] as number));
  });

  it('does not expire what was settled', async () => {
    const wheel = new DeadlineWheel();
    let expired = false;
    const deadline = wheel.add(5, () => (expired = true));
    expect(deadline.settle()).toBe(true);
    expect(deadline.settle()).toBe(false);
    await expiryOf(wheel, 20);
    expect(expired).toBe(false);
  });

  it('goes on after it has been idle', async () => {
    const wheel = new DeadlineWheel();
    await expiryOf(wheel, 1);
    await expiryOf(new DeadlineWheel(), 15);
    expect(await expiryOf(wheel, 5)).toBeGreaterThanOrEqual(5);
  });
});

describe(RedisBudget.name, () => {
  const wheel = new DeadlineWheel();
  const pass = (timeoutMs: number) => expiryOf(wheel, timeoutMs);

  it('runs only while a call is under way, and counts concurrent calls once', async () => {
    const budget = new RedisBudget(1000);
    await pass(20);
    expect(budget.remainingMs).toBe(1000);
    const startedMs = performance.now();
    budget.begin();
    budget.begin();
    await pass(20);
    budget.end();
    budget.end();
    const spentMs = 1000 - budget.remainingMs;
    expect(spentMs).toBeGreaterThanOrEqual(20);
    expect(spentMs).toBeLessThanOrEqual(performance.now() - startedMs);
  });

  it('ends at zero', async () => {
    const budget = new RedisBudget(5);
    budget.begin();
    await pass(10);
    expect(budget.remainingMs).toBe(0);
  });

  it('refuses a budget that is none', () => {
    for (const totalMs of [0, -1, Number.NaN]) expect(() => new RedisBudget(totalMs)).toThrow(RangeError);
  });
});
