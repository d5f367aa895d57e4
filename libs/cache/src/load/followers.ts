import { Injectable } from '@nestjs/common';
import { CacheLoadTimeoutError } from '../cache.errors.js';
import { type Lookup, type ResolvedLookup, toResult } from '../lookup.js';
import { CacheRepository } from '../tiers/cache.repository.js';
import { TieredStore } from '../tiers/tiered-store.js';
import { type FleetLease, FleetLocks } from './fleet-locks.js';
import type { LoadRequest } from './load-request.js';

/** A follower reads when the key changes. In case it misses the change, it also polls, with backoff between these limits. */
const minPollMs = 5;
const maxPollMs = 50;
/** Consecutive polls without a reply from Redis after which a follower loads the value itself. */
const maxUnansweredPolls = 3;

/** How a follower's wait ended. */
export type Followed<I, T> =
  /** The other process stored the value. */
  | { readonly kind: 'resolved'; readonly lookup: ResolvedLookup<I, T> }
  /** The other process released its lock, or died, without storing a value: this process holds the lock now. */
  | { readonly kind: 'leading'; readonly lease: FleetLease<Lookup<I, T>> }
  /** Redis stopped replying. */
  | { readonly kind: 'alone'; readonly lookup: Lookup<I, T> };

/** Waits for values that other processes are loading. */
@Injectable()
export class Followers {
  private readonly waiting = new Map<string, () => void>();

  constructor(
    private readonly repository: CacheRepository,
    private readonly store: TieredStore,
    private readonly locks: FleetLocks,
  ) {}

  /** Makes followers of these keys read at once, because the keys have changed. */
  wake(keys: readonly string[]): void {
    for (const key of keys) this.waiting.get(key)?.();
  }

  /**
   * Waits until the process that holds the lookup's lock has stored the value or given up.
   *
   * @throws CacheLoadTimeoutError
   */
  async follow<I, T>({ namespace }: LoadRequest<I, T>, lookup: Lookup<I, T>): Promise<Followed<I, T>> {
    const endMs = performance.now() + namespace.loadTimeoutMs;
    let unansweredPolls = 0;
    for (let pollMs = minPollMs; performance.now() < endMs; pollMs = Math.min(pollMs * 1.5, maxPollMs)) {
      await this.changeOrPause(lookup.key, pollMs);
      const budget = this.repository.newBudget();
      const [read = lookup] = await this.store.read(budget, namespace, [lookup]);
      const result = toResult(read.reading);
      if (result && result.outcome !== 'stale') {
        return { kind: 'resolved', lookup: { ...read, result: { ...result, outcome: 'coalesced' } } };
      }
      if (read.reading.state === 'unknown') {
        // A busy process may occasionally miss a reply, which does not justify loading the value a second time.
        if (++unansweredPolls < maxUnansweredPolls && this.repository.isAvailable) continue;
        return { kind: 'alone', lookup: read };
      }
      const lease = await this.locks.acquire(budget, [read]);
      if (lease.held.length > 0) return { kind: 'leading', lease };
      if (lease.taken.length > 0) unansweredPolls = 0;
    }
    throw new CacheLoadTimeoutError(namespace.name, namespace.loadTimeoutMs);
  }

  private changeOrPause(key: string, pauseMs: number): Promise<void> {
    return new Promise((resolve) => {
      const wake = (): void => {
        clearTimeout(timer);
        this.waiting.delete(key);
        resolve();
      };
      const timer = setTimeout(wake, pauseMs);
      this.waiting.set(key, wake);
    });
  }
}
