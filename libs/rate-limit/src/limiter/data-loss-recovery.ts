import { Logger } from '@nestjs/common';
import type { PoliciesService } from '../policies/policies.service.js';
import type { ClientStates, RedisHistory } from './client-states.js';
import type { Claim } from './decision.js';
import type { LimitsRepository } from './limits.repository.js';

/** Clients that are restored in one pipeline. */
const batchSize = 500;

/** Restores usage that Redis has lost, and charges what was admitted without Redis. */
export class DataLossRecovery {
  private readonly logger = new Logger('RateLimit');
  private checkedRecoveries = 0;
  private checking: Promise<void> | undefined;
  private restoredLosses = 0;

  constructor(
    private readonly policies: PoliciesService,
    private readonly repository: LimitsRepository,
  ) {}

  get history(): RedisHistory {
    return { recoveries: this.repository.recoveries, losses: this.policies.dataLosses };
  }

  /** Whether Redis has become available again since the last check for a data loss. */
  get isDue(): boolean {
    return this.repository.recoveries !== this.checkedRecoveries;
  }

  /** Checks once whether Redis has become available again without its data. Concurrent requests share the check. */
  async check(): Promise<void> {
    const { recoveries } = this.repository;
    this.checking ??= this.policies.sync().finally(() => {
      this.checkedRecoveries = recoveries;
      this.checking = undefined;
    });
    await this.checking;
  }

  /** Restores all clients in the background, once for every data loss. */
  restoreAll(states: ClientStates): void {
    const { history } = this;
    if (history.losses === this.restoredLosses) return;
    this.restoredLosses = history.losses;
    void this.restoreInBatches(states, history);
  }

  /** Returns the claims, with what to restore for their clients where Redis may have lost it. Then call `settle`. */
  attach(claims: readonly Claim[], nowMs: number): readonly Claim[] {
    const { history } = this;
    if (!claims.some(({ state }) => state.mustRestore(history))) return claims;
    return claims.map((claim) => ({ ...claim, restored: claim.state.restore(nowMs, history) }));
  }

  /** Records whether Redis has taken what was restored. */
  settle(claims: readonly Claim[], isRestored: boolean): void {
    for (const { state, restored } of claims) {
      if (!restored) continue;
      if (isRestored) state.usage.confirmRestored(restored);
      else state.undoRestore(restored);
    }
  }

  private async restoreInBatches(states: ClientStates, history: RedisHistory): Promise<void> {
    const nowMs = performance.now();
    const inUse = states.inUse(nowMs);
    for (let start = 0; start < inUse.length; start += batchSize) {
      const claims = inUse.slice(start, start + batchSize).map((state): Claim => {
        const { policy, key } = state;
        return { policy, key, state, units: 0, cost: 0, restored: state.restore(nowMs, history) };
      });
      this.settle(claims, await this.repository.restore(claims));
    }
    if (inUse.length > 0)
      this.logger.log(`Redis lost its data. Restored the usage of ${inUse.length} clients.`);
  }
}
