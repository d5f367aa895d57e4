/** A pending deadline. `settle` is true for the first of reply and deadline only. */
export class Deadline {
  constructor(
    readonly dueMs: number,
    private onExpired: ((wasStalled: boolean) => void) | undefined,
  ) {}

  settle(): boolean {
    const first = this.onExpired !== undefined;
    // Settled deadlines stay in their bucket for a while: what they hold must not.
    this.onExpired = undefined;
    return first;
  }

  /** @param wasStalled whether our own event loop, rather than the other side, may be to blame */
  expire(wasStalled: boolean): void {
    const { onExpired } = this;
    if (this.settle()) onExpired?.(wasStalled);
  }
}

const tickMs = 5;
/** A tick that is so much later than it should be tells of a stall of the event loop. */
const stallMs = 10;
/** For so long replies that lie unread behind a stall get their chance; then a deadline is a deadline. */
const graceMs = 250;

/**
 * Bounds many calls with one timer: deadlines wait in buckets of 5 ms, and a settled one just stays in its bucket
 * until the bucket is due. Expiry is up to two ticks late and never early.
 *
 * While the event loop is stalled by other work, replies that have come are not yet read, and taking them for
 * timeouts would make a busy process take its Redis for dead: after a late tick deadlines are held back until the
 * loop has caught up, for a quarter of a second at most.
 */
export class DeadlineWheel {
  private readonly buckets = new Map<number, Deadline[]>();
  private timer: NodeJS.Timeout | undefined;
  private nextTick = 0;
  private lastTickMs = 0;

  /** Calls `onExpired` once `timeoutMs` has passed, unless the deadline was settled before. */
  add(timeoutMs: number, onExpired: (wasStalled: boolean) => void, nowMs = performance.now()): Deadline {
    const deadline = new Deadline(nowMs + timeoutMs, onExpired);
    const tick = Math.ceil(deadline.dueMs / tickMs);
    const bucket = this.buckets.get(tick);
    if (bucket) bucket.push(deadline);
    else this.buckets.set(tick, [deadline]);
    if (!this.timer) this.start(nowMs);
    return deadline;
  }

  private start(nowMs: number): void {
    this.nextTick = Math.floor(nowMs / tickMs);
    this.lastTickMs = nowMs;
    this.timer = setInterval(() => {
      const tickedMs = performance.now();
      const wasStalled = tickedMs - this.lastTickMs > tickMs + stallMs;
      this.lastTickMs = tickedMs;
      // Timers fire before sockets are read; the check phase comes after both.
      setImmediate(() => this.expireDue(wasStalled));
    }, tickMs);
    this.timer.unref();
  }

  private expireDue(wasStalled: boolean): void {
    const nowMs = performance.now();
    const upToTick = Math.floor((wasStalled ? nowMs - graceMs : nowMs) / tickMs);
    for (; this.nextTick <= upToTick; this.nextTick++) {
      const bucket = this.buckets.get(this.nextTick);
      if (!bucket) continue;
      this.buckets.delete(this.nextTick);
      for (const deadline of bucket) deadline.expire(wasStalled);
    }
    if (this.buckets.size === 0) {
      clearInterval(this.timer);
      this.timer = undefined;
    }
  }
}
