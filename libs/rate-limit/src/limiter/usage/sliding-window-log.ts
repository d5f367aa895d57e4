/** So many buckets a window: the twin of `scripts/includes/sliding-window.lua`, whose header says how they count. */
const bucketsPerWindow = 30;
/** Logs that are merged again and again, as while Redis comes and goes, grow no further. */
const maxBuckets = 96;

/** What of a log lasts, and for how long. */
export interface LoggedUnits {
  readonly endMs: number;
  readonly units: number;
}

/**
 * Units by when they were used. They count for the window and up to a thirtieth more, in buckets of which there are never
 * many; times must not go back.
 */
export class SlidingWindowLog {
  private buckets: { endMs: number; units: number }[] = [];
  private total = 0;
  /** How long a bucket spans. */
  readonly spanMs: number;

  constructor(private readonly windowMs: number) {
    this.spanMs = Math.ceil(windowMs / bucketsPerWindow);
  }

  /** Units that count. */
  used(nowMs: number): number {
    let gone = 0;
    for (const { endMs, units } of this.buckets) {
      if (endMs + this.windowMs > nowMs) break;
      this.total -= units;
      gone++;
    }
    if (gone > 0) this.buckets.splice(0, gone);
    return this.total;
  }

  /** Units that have certainly been used within the window: the part of `used` that is not early refusal. */
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

  /** Takes off what was used at a time; nothing where that no longer counts. */
  remove(units: number, usedAtMs: number): void {
    const bucket = this.buckets.findLast(({ endMs }) => endMs - this.spanMs <= usedAtMs);
    if (!bucket || bucket.endMs <= usedAtMs) return;
    const removed = Math.min(units, bucket.units);
    bucket.units -= removed;
    this.total -= removed;
  }

  /** Adds all of another log. */
  merge({ buckets }: SlidingWindowLog): void {
    for (const { units } of buckets) this.total += units;
    this.buckets = [...this.buckets, ...buckets].sort((a, b) => a.endMs - b.endMs);
    const extra = this.buckets.splice(0, Math.max(0, this.buckets.length - maxBuckets));
    const [oldest] = this.buckets;
    if (oldest) for (const { units } of extra) oldest.units += units;
  }

  /** Until when which units count, from the oldest on. */
  leaving(): LoggedUnits[] {
    return this.buckets.map(({ endMs, units }) => ({ endMs: endMs + this.windowMs, units }));
  }
}
