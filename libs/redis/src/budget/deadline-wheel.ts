/** A pending deadline. `settle` is true for the first of reply and deadline only. */
export class Deadline {
  private pending = true;

  constructor(
    readonly dueMs: number,
    private readonly onExpired: () => void,
  ) {}

  settle(): boolean {
    const first = this.pending;
    this.pending = false;
    return first;
  }

  expire(): void {
    if (this.settle()) this.onExpired();
  }
}

const TICK_MS = 5;

/**
 * Bounds many calls with one timer: deadlines wait in buckets of 5 ms, and a settled one just stays in its
 * bucket until the bucket is due. Expiry is up to two ticks late and never early.
 */
export class DeadlineWheel {
  private readonly buckets = new Map<number, Deadline[]>();
  private timer: NodeJS.Timeout | undefined;
  private nextTick = 0;

  /** Calls `onExpired` once `timeoutMs` has passed, unless the deadline was settled before. */
  add(timeoutMs: number, onExpired: () => void): Deadline {
    const nowMs = performance.now();
    const deadline = new Deadline(nowMs + timeoutMs, onExpired);
    const tick = Math.ceil(deadline.dueMs / TICK_MS);
    const bucket = this.buckets.get(tick);
    if (bucket) bucket.push(deadline);
    else this.buckets.set(tick, [deadline]);
    if (!this.timer) this.start(nowMs);
    return deadline;
  }

  private start(nowMs: number): void {
    this.nextTick = Math.floor(nowMs / TICK_MS);
    this.timer = setInterval(() => {
      // After a stall of the event loop timers fire before sockets are read. The check phase comes after both,
      // so a reply that was in time is not taken for a timeout.
      setImmediate(() => this.expireDue());
    }, TICK_MS);
    this.timer.unref();
  }

  private expireDue(): void {
    const currentTick = Math.floor(performance.now() / TICK_MS);
    for (; this.nextTick <= currentTick; this.nextTick++) {
      const bucket = this.buckets.get(this.nextTick);
      if (!bucket) continue;
      this.buckets.delete(this.nextTick);
      for (const deadline of bucket) deadline.expire();
    }
    if (this.buckets.size === 0) {
      clearInterval(this.timer);
      this.timer = undefined;
    }
  }
}
