import { setTimeout as delay } from 'node:timers/promises';

/** Tracks the pause that an upstream requested with `Retry-After`, for all callers in the process. */
export class UpstreamHold {
  private untilMs = 0;

  /** Milliseconds until the pause ends; 0 if there is none. */
  get remainingMs(): number {
    return Math.max(0, this.untilMs - performance.now());
  }

  /** Extends the pause to at least this long from now. */
  extend(forMs: number): void {
    this.untilMs = Math.max(this.untilMs, performance.now() + forMs);
  }

  /** Resolves `marginMs` after the end of the current pause. */
  async wait(marginMs: number): Promise<void> {
    const { remainingMs } = this;
    if (remainingMs > 0) await delay(remainingMs + marginMs);
  }
}
