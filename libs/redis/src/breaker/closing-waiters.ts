import type { Deadline, DeadlineWheel } from '../budget/deadline-wheel.js';

/** Further callers fail at once, because each one holds a request. */
const defaultMaxWaiters = 1_000;

/** The callers that wait for the breaker to close, each with its own timeout. Nothing is sent meanwhile. */
export class ClosingWaiters {
  private readonly waiters = new Map<Deadline, (isClosed: boolean) => void>();

  constructor(
    private readonly wheel: DeadlineWheel,
    private readonly maxWaiters = defaultMaxWaiters,
  ) {}

  get size(): number {
    return this.waiters.size;
  }

  /** Resolves to true when the breaker closes, and to false after the timeout, or at once if too many callers wait. */
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
