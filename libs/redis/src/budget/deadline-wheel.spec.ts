import { describe, expect, it } from '@jest/globals';
import { DeadlineWheel } from './deadline-wheel.js';
import { RedisBudget } from './redis-budget.js';

const expiryOf = (wheel: DeadlineWheel, timeoutMs: number): Promise<number> => {
  const startedMs = performance.now();
  return new Promise((resolve) => wheel.add(timeoutMs, () => resolve(performance.now() - startedMs)));
};

// The wheel's timer is unreferenced, so something else must keep the event loop alive.
const keepAlive = setInterval(() => undefined, 1000);
keepAlive.unref();

describe(DeadlineWheel.name, () => {
  it('never expires early, in whichever order deadlines are added', async () => {
    const wheel = new DeadlineWheel();
    const timeouts = [40, 5, 20, 1, 30];
    const expiries = await Promise.all(timeouts.map((timeoutMs) => expiryOf(wheel, timeoutMs)));
    expiries.forEach((expiryMs, index) => expect(expiryMs).toBeGreaterThanOrEqual(timeouts[index] as number));
  });

  it('does not expire a settled deadline', async () => {
    const wheel = new DeadlineWheel();
    let expired = false;
    const deadline = wheel.add(5, () => (expired = true));
    expect(deadline.settle()).toBe(true);
    expect(deadline.settle()).toBe(false);
    await expiryOf(wheel, 20);
    expect(expired).toBe(false);
  });

  it('works again after it was idle', async () => {
    const wheel = new DeadlineWheel();
    await expiryOf(wheel, 1);
    await expiryOf(new DeadlineWheel(), 15);
    expect(await expiryOf(wheel, 5)).toBeGreaterThanOrEqual(5);
  });

  const handlers = {
    onValue: (value: string) => `value ${value}`,
    onError: (error: unknown) => `error ${(error as Error).message}`,
    onExpired: () => 'expired',
  };

  it('resolves a race to the first of value, error and deadline', async () => {
    const wheel = new DeadlineWheel();
    expect(await wheel.race(Promise.resolve('a'), 1000, handlers)).toBe('value a');
    expect(await wheel.race(Promise.reject(new Error('b')), 1000, handlers)).toBe('error b');
    expect(await wheel.race(new Promise<string>(() => undefined), 5, handlers)).toBe('expired');
  });

  it('reports a value that arrives after the deadline, and ignores a late error', async () => {
    const wheel = new DeadlineWheel();
    let late = 0;
    const settle: { resolve?: (value: string) => void; reject?: (error: Error) => void } = {};
    const onLateValue = () => void late++;
    const value = new Promise<string>((resolve) => (settle.resolve = resolve));
    const error = new Promise<string>((_, reject) => (settle.reject = reject));
    expect(await wheel.race(value, 5, { ...handlers, onLateValue })).toBe('expired');
    expect(await wheel.race(error, 5, { ...handlers, onLateValue })).toBe('expired');
    settle.resolve?.('a');
    settle.reject?.(new Error('b'));
    await expiryOf(wheel, 1);
    expect(late).toBe(1);
  });
});

describe(RedisBudget.name, () => {
  const wheel = new DeadlineWheel();
  const pass = (timeoutMs: number) => expiryOf(wheel, timeoutMs);

  it('runs only while a call is in progress, and counts concurrent calls once', async () => {
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

  it('never falls below zero', async () => {
    const budget = new RedisBudget(5);
    budget.begin();
    await pass(10);
    expect(budget.remainingMs).toBe(0);
  });

  it('rejects a budget that is not positive', () => {
    for (const totalMs of [0, -1, Number.NaN]) expect(() => new RedisBudget(totalMs)).toThrow(RangeError);
  });
});
