import { describe, expect, it } from '@jest/globals';
import { DeadlineWheel } from '../budget/deadline-wheel.js';
import { ClosingWaiters } from './closing-waiters.js';

// The wheel's timer is unreferenced, so something else must keep the event loop alive.
setInterval(() => undefined, 1000).unref();

describe(ClosingWaiters.name, () => {
  it('resolves to true when released, and to false after the timeout', async () => {
    const waiters = new ClosingWaiters(new DeadlineWheel());
    const [patient, impatient] = [waiters.wait(10_000), waiters.wait(5)];
    expect(await impatient).toBe(false);
    expect(waiters.size).toBe(1);
    waiters.release(true);
    expect(await patient).toBe(true);
    expect(waiters.size).toBe(0);
  });

  it('refuses callers while too many wait, and callers without time', async () => {
    const waiters = new ClosingWaiters(new DeadlineWheel(), 2);
    const waiting = [waiters.wait(10_000), waiters.wait(10_000)];
    expect(await waiters.wait(10_000)).toBe(false);
    waiters.release(false);
    expect(await Promise.all(waiting)).toEqual([false, false]);
    expect(await waiters.wait(0)).toBe(false);
  });
});
