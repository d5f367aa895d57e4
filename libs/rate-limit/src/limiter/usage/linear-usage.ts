import type { CompiledPolicy } from '../../policies/compiled-policy.js';
import type { Restored, Standing, Usage } from './usage.js';

/**
 * Usage that drains at the policy's rate: a GCRA's debt. Fixed windows and calendar quotas are limited by GCRA too while
 * Redis is away. Debts are kept as the time at which they end, so that they shrink by themselves.
 */
export class LinearUsage implements Usage {
  /** The end of the debt that Redis last replied. Others only add to it. */
  private sharedEndMs = 0;
  /** The end of the debt by this process's own limiter, while Redis is away. */
  private localEndMs = 0;
  private owed = 0;

  constructor(private readonly policy: CompiledPolicy) {}

  get owes(): boolean {
    return this.owed > 0;
  }

  isInUse(nowMs: number): boolean {
    return this.debtMs(nowMs) > 0;
  }

  applyReply({ remaining, resetMs }: Standing, nowMs: number): void {
    const { kind, capacity, emissionMs } = this.policy;
    this.sharedEndMs = nowMs + (kind === 'g' ? resetMs : (capacity - remaining) * emissionMs);
    this.localEndMs = 0;
  }

  /** The next reply says it. */
  refund(): void {}

  restore(nowMs: number, isLost: boolean): Restored {
    const { kind, emissionMs } = this.policy;
    const leftMs = Math.floor(Math.max(0, this.sharedEndMs - nowMs));
    const { owed } = this;
    this.owed = 0;
    return { used: kind === 'g' ? leftMs : Math.floor(leftMs / emissionMs), leftMs, owed, isLost };
  }

  confirmRestored(): void {}

  undoRestore({ owed }: Restored): void {
    this.owed += owed;
  }

  waitLocally(units: number, processes: number, nowMs: number): number | undefined {
    const { emissionMs, toleranceMs } = this.policy;
    const costMs = units * emissionMs * processes;
    const excessMs = this.debtMs(nowMs) + costMs - toleranceMs;
    if (excessMs <= 0.001) return 0;
    return costMs > toleranceMs ? undefined : Math.ceil(excessMs);
  }

  chargeLocally(units: number, processes: number, nowMs: number): void {
    this.localEndMs = nowMs + this.debtMs(nowMs) + units * this.policy.emissionMs * processes;
    this.owed += units;
  }

  private debtMs(nowMs: number): number {
    return Math.max(0, this.sharedEndMs - nowMs, this.localEndMs - nowMs);
  }
}
