import type { Claim, Lease } from './decision.js';
import type { LimitsRepository } from './limits.repository.js';

const renewEveryMs = 5_000;

/** The leases of requests in progress in this process, renewed until they are released. */
export class ConcurrencyLeases {
  private readonly held = new Set<Lease>();
  private renewal: NodeJS.Timeout | undefined;

  constructor(private readonly repository: LimitsRepository) {}

  get size(): number {
    return this.held.size;
  }

  countOf(key: string): number {
    return [...this.held].filter((lease) => lease.key === key).length;
  }

  /** Records the leases that these claims have been granted. */
  take(claims: readonly Claim[]): Lease[] {
    if (claims.length === 0) return [];
    const taken = claims
      .filter(({ policy }) => policy.algorithm.usesLeases)
      .map(({ policy, key, cost }): Lease => ({ id: String(cost), key, lifeMs: policy.windowMs }));
    for (const lease of taken) this.held.add(lease);
    if (taken.length > 0) this.renew();
    return taken;
  }

  /** Releases leases. One that cannot be released in Redis expires there. */
  async release(leases: readonly Lease[]): Promise<void> {
    for (const lease of leases) {
      if (!this.held.delete(lease)) continue;
      await this.repository.releaseLease(lease.key, lease.id);
    }
  }

  stop(): void {
    clearInterval(this.renewal);
  }

  /** A request, such as a stream of events, may outlast its lease. */
  private renew(): void {
    this.renewal ??= setInterval(() => {
      for (const { key, id, lifeMs } of this.held) void this.repository.extendLease(key, id, lifeMs);
    }, renewEveryMs).unref();
  }
}
