/** A pending deadline. `settle` returns true only for the first of reply and deadline. */
export class Deadline {
  constructor(
    readonly dueMs: number,
    private onExpired: ((wasStalled: boolean) => void) | undefined,
  ) {}

  settle(): boolean {
    const first = this.onExpired !== undefined;
    // A settled deadline stays in its bucket for a while, and must not retain the memory of the call.
    this.onExpired = undefined;
    return first;
  }

  /** @param wasStalled whether the delay may be that of this process's event loop */
  expire(wasStalled: boolean): void {
    const { onExpired } = this;
    if (this.settle()) onExpired?.(wasStalled);
  }
}

/** How a race between a promise and its deadline ends. Each result becomes the result of the race. */
export interface RaceHandlers<T, R> {
  onValue(value: T): R;
  onError(error: unknown): R;
  /** @param wasStalled whether the delay may be that of this process's event loop */
  onExpired(wasStalled: boolean): R;
  /** The promise was fulfilled after the deadline. */
  onLateValue?(): void;
}

const tickMs = 5;
/** A tick that is late by more than this means that the event loop was stalled. */
const stallMs = 10;
/** After a stall, unread replies get this much time. */
const graceMs = 250;

/**
 * Bounds many calls with one timer: deadlines wait in buckets of 5 ms, and a settled one stays in its bucket until the
 * bucket is due. A deadline expires up to two ticks late and never early.
 *
 * While other work stalls the event loop, replies that have arrived are not read yet. To count them as timeouts would make a
 * busy process open its breaker, so after a late tick deadlines are postponed by up to 250 ms until the loop has caught up.
 */
export class DeadlineWheel {
  private readonly buckets = new Map<number, Deadline[]>();
  private timer: NodeJS.Timeout | undefined;
  private nextTick = 0;
  private lastTickMs = 0;

  /** Calls `onExpired` after `timeoutMs`, unless the deadline is settled before. */
  add(timeoutMs: number, onExpired: (wasStalled: boolean) => void, nowMs = performance.now()): Deadline {
    const deadline = new Deadline(nowMs + timeoutMs, onExpired);
    const tick = Math.ceil(deadline.dueMs / tickMs);
    const bucket = this.buckets.get(tick);
    if (bucket) bucket.push(deadline);
    else this.buckets.set(tick, [deadline]);
    if (!this.timer) this.start(nowMs);
    return deadline;
  }

  /**
   * Resolves to the result of the first handler: the promise's or the deadline's. The promise may settle after its
   * deadline; a late error is ignored.
   *
   * ```ts
   * const isAlive = await wheel.race(redis.ping(), 75, {
   *   onValue: () => true,
   *   onError: () => false,
   *   onExpired: () => false,
   * });
   * ```
   */
  race<T, R>(
    promise: Promise<T>,
    timeoutMs: number,
    handlers: RaceHandlers<T, R>,
    nowMs = performance.now(),
  ): Promise<R> {
    return new Promise((resolve) => {
      const deadline = this.add(timeoutMs, (wasStalled) => resolve(handlers.onExpired(wasStalled)), nowMs);
      promise.then(
        (value) => {
          if (deadline.settle()) resolve(handlers.onValue(value));
          else handlers.onLateValue?.();
        },
        (error: unknown) => {
          if (deadline.settle()) resolve(handlers.onError(error));
        },
      );
    });
  }

  private start(nowMs: number): void {
    this.nextTick = Math.floor(nowMs / tickMs);
    this.lastTickMs = nowMs;
    this.timer = setInterval(() => {
      const tickedMs = performance.now();
      const wasStalled = tickedMs - this.lastTickMs > tickMs + stallMs;
      this.lastTickMs = tickedMs;
      // Timers run before sockets are read; the check phase runs after both.
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
