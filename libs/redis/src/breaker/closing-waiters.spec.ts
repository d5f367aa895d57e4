import { describe, expect, it } from '@jest/globals';
import { DeadlineWheel } from '../budget/deadline-wheel.js';
import { ClosingWaiters } from './closing-waiters.js';

// The wheel's own timer keeps no process alive, and Jest's loop must go on.
setInterval(() => undefined, 1000).unref();

describe(ClosingWaiters.name, () => {
  it('resolves to true when released, and to false when the time is over', async () => {
    const waiters = new ClosingWaiters(new DeadlineWheel());
    const [patient, impatient] = [waiters.wait(10_000), waiters.wait(5)];
    expect(await impatient).toBe(false);
    expect(waiters.size).toBe(1);
    waiters.release(true);
    expect(await patient).toBe(true);
    expect(waiters.size).toBe(0);
  });

  it('turns away those that come when too many wait, and those without time', async () => {
    const waiters = new ClosingWaiters(new DeadlineWheel(), 2);
    const waiting = [waiters.wait(10_000), waiters.wait(10_000)];
    expect(await waiters.wait(10_000)).toBe(false);
    waiters.release(false);
    expect(await Promise.all(waiting)).toEqual([false, false]);
    expect(await waiters.wait(0)).toBe(false);
  });
});
