import { Injectable } from '@nestjs/common';
import { withTimeout } from '@app/async';
import { CacheLoadTimeoutError } from '../cache.errors.js';
import { type Lookup, type ResolvedLookup, toResult, withReading } from '../lookup.js';
import { TieredStore } from '../tiers/tiered-store.js';
import { type FleetLease, FleetLocks } from './fleet-locks.js';
import { Followers } from './followers.js';
import type { LoadRequest } from './load-request.js';
import { Refresher } from './refresher.js';
import { Upstream } from './upstream.js';

/** Locks cost two round trips a key, so a larger batch of misses is loaded without them. */
const maxLockedKeys = 64;

/**
 * Resolves lookups that this process has no copy of: serves what Redis has, refreshes what is stale, and loads what is
 * missing. One process of the fleet loads a key for all of them.
 */
@Injectable()
export class Loader {
  constructor(
    private readonly store: TieredStore,
    private readonly locks: FleetLocks,
    private readonly followers: Followers,
    private readonly refresher: Refresher,
    private readonly upstream: Upstream,
  ) {}

  /**
   * Resolves lookups of different keys, in any order.
   *
   * @throws what the request's load throws, and CacheLoadTimeoutError
   */
  async resolve<I, T>(
    request: LoadRequest<I, T>,
    lookups: readonly Lookup<I, T>[],
  ): Promise<ResolvedLookup<I, T>[]> {
    const { namespace, budget, refresh } = request;
    const read = refresh ? lookups : await this.store.read(budget, namespace, lookups);
    const resolved: ResolvedLookup<I, T>[] = [];
    const missing: Lookup<I, T>[] = [];
    for (const lookup of read) {
      const result = toResult(lookup.reading);
      if (!result) {
        missing.push(lookup);
        continue;
      }
      resolved.push({ ...lookup, result });
      this.refresher.refreshIfDue(request, lookup);
    }
    if (missing.length === 0) return resolved;
    return resolved.concat(await withinLoadTimeout(request, this.loadMissing(request, missing)));
  }

  private async loadMissing<I, T>(
    request: LoadRequest<I, T>,
    lookups: readonly Lookup<I, T>[],
  ): Promise<ResolvedLookup<I, T>[]> {
    const redisAnswered = lookups.every(({ reading }) => reading.state !== 'unknown');
    if (request.refresh || !redisAnswered || lookups.length > maxLockedKeys) {
      return this.upstream.load(request, lookups);
    }
    // Redis replied to the read, so a lock is worth its round trip.
    request.budget.renew();
    const lease = await this.locks.acquire(request.budget, lookups);
    const parts = await Promise.all([
      this.lead(request, lease),
      ...lease.taken.map((lookup) => this.follow(request, lookup)),
    ]);
    return parts.flat();
  }

  /** Loads while holding the locks. Reads again first: another process may have stored the value in the meantime. */
  private async lead<I, T>(
    request: LoadRequest<I, T>,
    lease: FleetLease<Lookup<I, T>>,
  ): Promise<ResolvedLookup<I, T>[]> {
    const lookups = [...lease.held, ...lease.unconfirmed];
    if (lookups.length === 0) return [];
    lease.keep(request.namespace.loadTimeoutMs);
    try {
      const resolved: ResolvedLookup<I, T>[] = [];
      const missing: Lookup<I, T>[] = [];
      for (const lookup of await this.store.read(request.budget, request.namespace, lookups)) {
        const result = toResult(lookup.reading);
        // Redis replied to the first read, so a key without a reply now was missing then.
        if (lookup.reading.state === 'unknown') missing.push(withReading(lookup, { state: 'missing' }));
        else if (!result || result.outcome === 'stale') missing.push(lookup);
        else resolved.push({ ...lookup, result: { ...result, outcome: 'coalesced' } });
      }
      if (missing.length === 0) return resolved;
      return resolved.concat(await this.upstream.load(request, missing));
    } finally {
      lease.release();
    }
  }

  private async follow<I, T>(
    request: LoadRequest<I, T>,
    lookup: Lookup<I, T>,
  ): Promise<ResolvedLookup<I, T>[]> {
    const followed = await this.followers.follow(request, lookup);
    switch (followed.kind) {
      case 'resolved':
        return [followed.lookup];
      case 'leading':
        return this.lead(request, followed.lease);
      case 'alone':
        return this.upstream.load(request, [followed.lookup]);
    }
  }
}

/** Rejects after the namespace's load timeout. The load itself continues. */
function withinLoadTimeout<I, T, R>({ namespace }: LoadRequest<I, T>, loading: Promise<R>): Promise<R> {
  const { name, loadTimeoutMs } = namespace;
  return withTimeout(loading, loadTimeoutMs, () => {
    throw new CacheLoadTimeoutError(name, loadTimeoutMs);
  });
}
