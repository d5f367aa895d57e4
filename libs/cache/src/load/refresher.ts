import { Injectable } from '@nestjs/common';
import type { Lookup } from '../lookup.js';
import type { Namespace } from '../namespace.js';
import { CacheMetrics } from '../telemetry/cache.metrics.js';
import { CacheRepository } from '../tiers/cache.repository.js';
import { CacheTtls } from '../ttl.js';
import { Etags } from './etags.js';
import { FleetLocks } from './fleet-locks.js';
import type { LoadRequest } from './load-request.js';
import { RefreshQueue } from './refresh-queue.js';
import { Upstream } from './upstream.js';

/** Refreshes values in the background: those that are stale, and those that soon will be. */
@Injectable()
export class Refresher {
  private readonly queue = new RefreshQueue();

  constructor(
    private readonly repository: CacheRepository,
    private readonly locks: FleetLocks,
    private readonly upstream: Upstream,
    private readonly etags: Etags,
    private readonly ttls: CacheTtls,
    private readonly metrics: CacheMetrics,
  ) {}

  /** Schedules a refresh of a value that was read from Redis, if it is due. */
  refreshIfDue<I, T>(request: LoadRequest<I, T>, lookup: Lookup<I, T>): void {
    const { namespace } = request;
    const { key, reading } = lookup;
    if (reading.state !== 'found' || reading.ttlMs > this.refreshWithinMs(namespace, key)) return;
    this.queue.schedule({ key, namespace: namespace.name, run: () => this.refresh(request, lookup) });
  }

  /** Does nothing if another process is loading the key. */
  private async refresh<I, T>(request: LoadRequest<I, T>, lookup: Lookup<I, T>): Promise<void> {
    const budget = this.repository.newBudget();
    const lease = await this.locks.acquire(budget, [lookup]);
    if (lease.taken.length > 0) return;
    try {
      const previous = this.etags.previousOf(lookup);
      const [refreshed] = await this.upstream.load({ ...request, budget }, [{ ...lookup, previous }]);
      if (refreshed?.result.error) throw refreshed.result.error;
    } finally {
      lease.release();
    }
  }

  /** Returns how much of a value's fresh life may be left when a read refreshes it; 0 to wait until it is stale. */
  private refreshWithinMs<I, T>(namespace: Namespace<I, T>, key: string): number {
    const { refreshJitter, earlyRefreshBeta } = namespace;
    if (refreshJitter === 0 && earlyRefreshBeta === 0) return 0;
    const spreadMs = this.ttls.toMs(namespace.ttl) * refreshJitter * shareOf(key);
    return spreadMs + xFetchMs(this.metrics.meanLoadMs(namespace.name), earlyRefreshBeta);
  }
}

/** XFetch (Vattani et al., 2015): refresh when now − delta · beta · ln(random) ≥ expiry. */
const xFetchMs = (meanLoadMs: number, beta: number): number =>
  beta === 0 ? 0 : -meanLoadMs * beta * Math.log(1 - Math.random());

/** Returns a number from 0 to 1 that depends on the key only (FNV-1a), so that every process refreshes it at the same time. */
function shareOf(key: string): number {
  let hash = 0x81_1c_9d_c5;
  for (let index = 0; index < key.length; index++) {
    hash = Math.imul(hash ^ key.charCodeAt(index), 0x01_00_01_93);
  }
  return (hash >>> 0) / 0xff_ff_ff_ff;
}
