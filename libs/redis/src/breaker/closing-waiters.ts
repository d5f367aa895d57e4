import type { Deadline, DeadlineWheel } from '../budget/deadline-wheel.js';

/** More callers than this fail at once: each of them holds a request. */
const defaultMaxWaiters = 1_000;

/** Callers that wait for the breaker to close rather than fail at once, each within its own time. Nothing is sent for them. */
export class ClosingWaiters {
  private readonly waiters = new Map<Deadline, (isClosed: boolean) => void>();

  constructor(
    private readonly wheel: DeadlineWheel,
    private readonly maxWaiters = defaultMaxWaiters,
  ) {}

  get size(): number {
    return this.waiters.size;
  }

  /** Resolves to true when the breaker closes, and to false when the time is over, or at once when too many wait already. */
  wait(timeoutMs: number): Promise<boolean> {
    if (timeoutMs <= 0 || this.waiters.size >= this.maxWaiters) return Promise.resolve(false);
    return new Promise((resolve) => {
      const deadline = this.wheel.add(timeoutMs, () => {
        this.waiters.delete(deadline);
        resolve(false);
      });
      this.waiters.set(deadline, resolve);
    });
  }

  /** Ends all waits. */
  release(isClosed: boolean): void {
    const waiters = [...this.waiters];
    this.waiters.clear();
    for (const [deadline, resolve] of waiters) if (deadline.settle()) resolve(isClosed);
  }
}
