import type { CompiledPolicy } from '../../policies/compiled-policy.js';
import { type LoggedUnits, SlidingWindowLog } from './sliding-window-log.js';
import type { Restored, Standing, Usage } from './usage.js';

/**
 * Usage in a sliding window. This process knows when it admitted what itself. Of what others have used it knows how much
 * that was at Redis's last reply, and counts that for a whole window from then: so no window admits more than the quota
 * while Redis is away, or after it has lost its data.
 */
export class SlidingWindowUsage implements Usage {
  /** Admitted by this process and known to Redis. */
  private readonly own: SlidingWindowLog;
  /** Admitted without Redis, which is yet to be told. */
  private untold: SlidingWindowLog | undefined;
  /** On its way to Redis. */
  private readonly telling = new Map<Restored, SlidingWindowLog>();
  private others = 0;
  private othersEndMs = 0;

  constructor(private readonly policy: CompiledPolicy) {
    this.own = new SlidingWindowLog(policy.windowMs);
  }

  get owes(): boolean {
    return this.untold !== undefined;
  }

  isInUse(nowMs: number): boolean {
    return this.owes || this.own.used(nowMs) + this.othersUsed(nowMs) > 0;
  }

  applyReply({ charged, remaining }: Standing, nowMs: number): void {
    if (charged > 0) this.own.add(charged, nowMs);
    this.others = Math.max(0, this.policy.capacity - remaining - this.own.used(nowMs));
    this.othersEndMs = nowMs + this.policy.windowMs + this.own.spanMs;
  }

  refund(units: number, chargedAtMs: number): void {
    this.own.remove(units, chargedAtMs);
  }

  restore(nowMs: number, isLost: boolean): Restored {
    const own = isLost ? this.own.used(nowMs) : this.own.usedAtLeast(nowMs);
    const others = isLost ? this.othersUsed(nowMs) : 0;
    const endMs = Math.max(this.own.leaving().at(-1)?.endMs ?? 0, others > 0 ? this.othersEndMs : 0);
    const { untold } = this;
    const restored = {
      used: own + others,
      leftMs: Math.max(0, Math.ceil(endMs - nowMs)),
      owed: untold?.used(nowMs) ?? 0,
      isLost,
    };
    if (untold) this.telling.set(restored, untold);
    this.untold = undefined;
    return restored;
  }

  confirmRestored(restored: Restored): void {
    const told = this.telling.get(restored);
    this.telling.delete(restored);
    if (told) this.own.merge(told);
  }

  undoRestore(restored: Restored): void {
    const untold = this.telling.get(restored);
    this.telling.delete(restored);
    if (!untold) return;
    if (this.untold) untold.merge(this.untold);
    this.untold = untold;
  }

  waitLocally(units: number, processes: number, nowMs: number): number | undefined {
    const { capacity } = this.policy;
    if (units * processes > capacity) return undefined;
    const local = this.localLogs().reduce((sum, log) => sum + log.used(nowMs), 0);
    const used = this.own.used(nowMs) + this.othersUsed(nowMs) + local * processes;
    let excess = used + units * processes - capacity;
    if (excess <= 0) return 0;
    const leaving: LoggedUnits[] = [
      ...this.own.leaving(),
      { endMs: this.othersEndMs, units: this.othersUsed(nowMs) },
      ...this.localLogs().flatMap((log) =>
        log.leaving().map((each) => ({ ...each, units: each.units * processes })),
      ),
    ].sort((a, b) => a.endMs - b.endMs);
    for (const each of leaving) {
      excess -= each.units;
      if (excess <= 0) return Math.max(1, Math.ceil(each.endMs - nowMs));
    }
    return undefined;
  }

  chargeLocally(units: number, _: number, nowMs: number): void {
    this.untold ??= new SlidingWindowLog(this.policy.windowMs);
    this.untold.add(units, nowMs);
  }

  private othersUsed(nowMs: number): number {
    return nowMs < this.othersEndMs ? this.others : 0;
  }

  private localLogs(): SlidingWindowLog[] {
    return [...this.telling.values(), ...(this.untold ? [this.untold] : [])];
  }
}
