import type { PolicyReply, Restored, Usage } from './usage.js';

export interface LinearRate {
  /** Units. */
  readonly capacity: number;
  /** The time after which one unit is available again. */
  readonly emissionMs: number;
  /** Whether Redis holds a debt in ms, whose end it replies as `resetMs`, or a number of units. */
  readonly measure: 'debt' | 'units';
}

/**
 * Usage that drains at a constant rate, like the debt of GCRA. Fixed windows and calendar quotas use it as well, because a
 * process does not know their boundaries. A debt is stored as the time at which it ends, so that it shrinks by itself.
 */
export class LinearUsage implements Usage {
  /** When the debt ends that Redis last replied. Other processes can only have added to it. */
  private sharedEndMs = 0;
  /** When the debt ends by the process's own count, while Redis is down. */
  private localEndMs = 0;
  private owed = 0;

  constructor(private readonly rate: LinearRate) {}

  get isUnreported(): boolean {
    return this.owed > 0;
  }

  isInUse(nowMs: number): boolean {
    return this.debtMs(nowMs) > 0;
  }

  applyReply({ remaining, resetMs }: PolicyReply, nowMs: number): void {
    const { measure, capacity, emissionMs } = this.rate;
    this.sharedEndMs = nowMs + (measure === 'debt' ? resetMs : (capacity - remaining) * emissionMs);
    this.localEndMs = 0;
  }

  /** Does nothing: the next reply of Redis includes the refund. */
  refund(): void {}

  restore(nowMs: number, isLost: boolean): Restored {
    const { measure, emissionMs } = this.rate;
    const leftMs = Math.floor(Math.max(0, this.sharedEndMs - nowMs));
    const { owed } = this;
    this.owed = 0;
    return { floor: measure === 'debt' ? leftMs : Math.floor(leftMs / emissionMs), leftMs, owed, isLost };
  }

  confirmRestored(): void {}

  undoRestore({ owed }: Restored): void {
    this.owed += owed;
  }

  waitLocally(units: number, processes: number, nowMs: number): number | undefined {
    const toleranceMs = this.rate.capacity * this.rate.emissionMs;
    const costMs = units * this.rate.emissionMs * processes;
    const excessMs = this.debtMs(nowMs) + costMs - toleranceMs;
    if (excessMs <= 0.001) return 0;
    return costMs > toleranceMs ? undefined : Math.ceil(excessMs);
  }

  chargeLocally(units: number, processes: number, nowMs: number): void {
    this.localEndMs = nowMs + this.debtMs(nowMs) + units * this.rate.emissionMs * processes;
    this.owed += units;
  }

  private debtMs(nowMs: number): number {
    return Math.max(0, this.sharedEndMs - nowMs, this.localEndMs - nowMs);
  }
}
