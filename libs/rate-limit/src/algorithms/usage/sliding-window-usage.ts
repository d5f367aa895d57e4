import { type ExpiringUnits, SlidingWindowLog } from './sliding-window-log.js';
import type { PolicyReply, Restored, Usage } from './usage.js';

/**
 * Usage in a sliding window. A process knows when it admitted its own units. Of the units that other processes admitted it
 * knows only the total at Redis's last reply, and counts them for a whole window from then. So no window holds more than the
 * quota while Redis is down or after it has lost its data.
 */
export class SlidingWindowUsage implements Usage {
  /** Units that this process admitted and Redis knows of. */
  private readonly own: SlidingWindowLog;
  /** Units admitted without Redis that it has not been charged yet. */
  private unreported: SlidingWindowLog | undefined;
  /** Units that are being charged to Redis. */
  private readonly inFlight = new Map<Restored, SlidingWindowLog>();
  private others = 0;
  private othersEndMs = 0;

  constructor(private readonly limit: { readonly capacity: number; readonly windowMs: number }) {
    this.own = new SlidingWindowLog(limit.windowMs);
  }

  get isUnreported(): boolean {
    return this.unreported !== undefined;
  }

  isInUse(nowMs: number): boolean {
    return this.isUnreported || this.own.used(nowMs) + this.othersUsed(nowMs) > 0;
  }

  applyReply({ charged, remaining }: PolicyReply, nowMs: number): void {
    if (charged > 0) this.own.add(charged, nowMs);
    this.others = Math.max(0, this.limit.capacity - remaining - this.own.used(nowMs));
    this.othersEndMs = nowMs + this.limit.windowMs + this.own.spanMs;
  }

  refund(units: number, chargedAtMs: number): void {
    this.own.remove(units, chargedAtMs);
  }

  restore(nowMs: number, isLost: boolean): Restored {
    const own = isLost ? this.own.used(nowMs) : this.own.usedAtLeast(nowMs);
    const others = isLost ? this.othersUsed(nowMs) : 0;
    const endMs = Math.max(this.own.expiries().at(-1)?.endMs ?? 0, others > 0 ? this.othersEndMs : 0);
    const { unreported } = this;
    const restored = {
      floor: own + others,
      leftMs: Math.max(0, Math.ceil(endMs - nowMs)),
      owed: unreported?.used(nowMs) ?? 0,
      isLost,
    };
    if (unreported) this.inFlight.set(restored, unreported);
    this.unreported = undefined;
    return restored;
  }

  confirmRestored(restored: Restored): void {
    const reported = this.inFlight.get(restored);
    this.inFlight.delete(restored);
    if (reported) this.own.merge(reported);
  }

  undoRestore(restored: Restored): void {
    const unreported = this.inFlight.get(restored);
    this.inFlight.delete(restored);
    if (!unreported) return;
    if (this.unreported) unreported.merge(this.unreported);
    this.unreported = unreported;
  }

  waitLocally(units: number, processes: number, nowMs: number): number | undefined {
    const { capacity } = this.limit;
    if (units * processes > capacity) return undefined;
    const local = this.localLogs().reduce((sum, log) => sum + log.used(nowMs), 0);
    const used = this.own.used(nowMs) + this.othersUsed(nowMs) + local * processes;
    let excess = used + units * processes - capacity;
    if (excess <= 0) return 0;
    const expiries: ExpiringUnits[] = [
      ...this.own.expiries(),
      { endMs: this.othersEndMs, units: this.othersUsed(nowMs) },
      ...this.localLogs().flatMap((log) =>
        log.expiries().map((each) => ({ ...each, units: each.units * processes })),
      ),
    ].sort((a, b) => a.endMs - b.endMs);
    for (const each of expiries) {
      excess -= each.units;
      if (excess <= 0) return Math.max(1, Math.ceil(each.endMs - nowMs));
    }
    return undefined;
  }

  chargeLocally(units: number, _: number, nowMs: number): void {
    this.unreported ??= new SlidingWindowLog(this.limit.windowMs);
    this.unreported.add(units, nowMs);
  }

  private othersUsed(nowMs: number): number {
    return nowMs < this.othersEndMs ? this.others : 0;
  }

  private localLogs(): SlidingWindowLog[] {
    return [...this.inFlight.values(), ...(this.unreported ? [this.unreported] : [])];
  }
}
