import type { Sync } from './policies.repository.js';

/** Time that the processes have to restore usage after a data loss before they trust Redis's decisions again. */
const graceMs = 1_000;

/** What the heartbeat reveals about the other processes and about Redis. */
export class Fleet {
  /** Processes that share the limits, as far as known. */
  processes = 1;
  /** Whether the last heartbeat reached Redis. */
  isReachable = false;
  /** How many times Redis was found to have lost its data. */
  dataLosses = 0;
  /** Until this time (`performance.now()`), Redis may not have the usage that the processes restore yet. */
  untrustedUntilMs = 0;
  private since: string | undefined;

  heartbeatFailed(): void {
    this.isReachable = false;
  }

  heartbeat({ processes, since, sinceAgoMs }: Sync): void {
    const nowMs = performance.now();
    this.isReachable = true;
    if (this.since !== undefined && this.since !== since) {
      this.dataLosses++;
      this.untrustedUntilMs = nowMs + Math.max(0, graceMs - sinceAgoMs);
    }
    this.since = since;
    // After a data loss Redis counts only the processes that have reported again. Shares must not grow because of that.
    const minProcesses = nowMs < this.untrustedUntilMs ? this.processes : 1;
    this.processes = Math.max(minProcesses, processes);
  }
}
