/**
 * The Redis time that one request may spend, over however many calls. The clock runs only while at least one
 * call is under way: time spent upstream costs nothing, and concurrent calls are not counted twice.
 */
export class RedisBudget {
  private spentMs = 0;
  private underWay = 0;
  private startedMs = 0;

  /** @throws RangeError when `totalMs` is not a positive number */
  constructor(readonly totalMs: number) {
    if (!(totalMs > 0)) throw new RangeError(`totalMs must be positive, not ${totalMs}`);
  }

  get remainingMs(): number {
    const runningMs = this.underWay > 0 ? performance.now() - this.startedMs : 0;
    return Math.max(0, this.totalMs - this.spentMs - runningMs);
  }

  /** A call begins; each needs its `end`. @param nowMs by `performance.now()`, where the caller knows it */
  begin(nowMs = performance.now()): void {
    if (this.underWay++ === 0) this.startedMs = nowMs;
  }

  /**
   * Starts anew. For batches, after each part that was answered, and after the rate limiter: Redis is alive, and a large
   * transfer or a busy moment is not an outage. A dead Redis still costs one budget in all.
   */
  renew(): void {
    this.spentMs = 0;
    this.startedMs = performance.now();
  }

  end(nowMs = performance.now()): void {
    if (--this.underWay === 0) this.spentMs += nowMs - this.startedMs;
  }
}
