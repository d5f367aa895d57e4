/**
 * The time that all Redis calls of one request may take together. The clock runs only while at least one call is in
 * progress: time spent upstream is not counted, and that of concurrent calls is counted once.
 */
export class RedisBudget {
  private spentMs = 0;
  private underWay = 0;
  private startedMs = 0;

  /** @throws RangeError if `totalMs` is not a positive number */
  constructor(readonly totalMs: number) {
    if (!(totalMs > 0)) throw new RangeError(`totalMs must be positive, not ${totalMs}`);
  }

  get remainingMs(): number {
    const runningMs = this.underWay > 0 ? performance.now() - this.startedMs : 0;
    return Math.max(0, this.totalMs - this.spentMs - runningMs);
  }

  /** Starts a call, which `end` ends. @param nowMs from `performance.now()`, if the caller has read it */
  begin(nowMs = performance.now()): void {
    if (this.underWay++ === 0) this.startedMs = nowMs;
  }

  /**
   * Restores the whole budget. Batches call it after each part that succeeded, and requests after the rate limiter: Redis is
   * available, and a large transfer or a busy moment is not an outage. An unavailable Redis still costs one budget.
   */
  renew(): void {
    this.spentMs = 0;
    this.startedMs = performance.now();
  }

  /** Ends a call. */
  end(nowMs = performance.now()): void {
    if (--this.underWay === 0) this.spentMs += nowMs - this.startedMs;
  }
}
