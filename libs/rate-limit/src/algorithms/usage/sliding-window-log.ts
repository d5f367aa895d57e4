/** As in `sliding-window.lua`, whose header explains how buckets count. */
const bucketsPerWindow = 30;
/** Bounds a log that is merged repeatedly, as while Redis goes down and comes back. */
const maxBuckets = 96;

/** Units of a log, and when they stop counting. */
export interface ExpiringUnits {
  readonly endMs: number;
  readonly units: number;
}

/**
 * Units by the time at which they were used, in a bounded number of buckets. A unit counts for the window and up to a
 * thirtieth of it more. Times must not decrease.
 */
export class SlidingWindowLog {
  private buckets: { endMs: number; units: number }[] = [];
  private total = 0;
  /** The time that a bucket spans. */
  readonly spanMs: number;

  constructor(private readonly windowMs: number) {
    this.spanMs = Math.ceil(windowMs / bucketsPerWindow);
  }

  /** Returns the units that count. */
  used(nowMs: number): number {
    let expired = 0;
    for (const { endMs, units } of this.buckets) {
      if (endMs + this.windowMs > nowMs) break;
      this.total -= units;
      expired++;
    }
    if (expired > 0) this.buckets.splice(0, expired);
    return this.total;
  }

  /** Returns the units that were certainly used within the window, which is a lower bound of `used`. */
  usedAtLeast(nowMs: number): number {
    return this.buckets.reduce(
      (sum, { endMs, units }) => (endMs - this.spanMs + this.windowMs > nowMs ? sum + units : sum),
      0,
    );
  }

  add(units: number, nowMs: number): void {
    const newest = this.buckets.at(-1);
    if (newest && nowMs < newest.endMs - this.spanMs / 4) newest.units += units;
    else this.buckets.push({ endMs: nowMs + this.spanMs, units });
    this.total += units;
  }

  /** Removes units that were used at a time. Does nothing if they no longer count. */
  remove(units: number, usedAtMs: number): void {
    const bucket = this.buckets.findLast(({ endMs }) => endMs - this.spanMs <= usedAtMs);
    if (!bucket || bucket.endMs <= usedAtMs) return;
    const removed = Math.min(units, bucket.units);
    bucket.units -= removed;
    this.total -= removed;
  }

  /** Adds all units of another log. */
  merge({ buckets }: SlidingWindowLog): void {
    for (const { units } of buckets) this.total += units;
    this.buckets = [...this.buckets, ...buckets].sort((a, b) => a.endMs - b.endMs);
    const extra = this.buckets.splice(0, Math.max(0, this.buckets.length - maxBuckets));
    const [oldest] = this.buckets;
    if (oldest) for (const { units } of extra) oldest.units += units;
  }

  /** Returns when which units stop counting, the oldest first. */
  expiries(): ExpiringUnits[] {
    return this.buckets.map(({ endMs, units }) => ({ endMs: endMs + this.windowMs, units }));
  }
}
