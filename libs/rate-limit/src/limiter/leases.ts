import type { Claim, Lease, PolicyStanding } from './decision.js';
import type { LimitsRepository } from './limits.repository.js';

const renewEveryMs = 5_000;

/** The leases of requests under way in this process, renewed until they are released. */
export class Leases {
  private readonly held = new Set<Lease>();
  private renewal: NodeJS.Timeout | undefined;

  constructor(private readonly repository: LimitsRepository) {}

  get size(): number {
    return this.held.size;
  }

  heldOf(key: string): number {
    return [...this.held].filter((lease) => lease.key === key).length;
  }

  /** Remembers the leases among these claims, but for those whose policy would have refused them. */
  take(claims: readonly Claim[], standings: readonly PolicyStanding[]): Lease[] {
    const taken = claims.flatMap(({ policy, key, cost }, index): Lease[] => {
      if (policy.kind !== 'l' || (standings[index]?.waitMs ?? 0) > 0) return [];
      return [{ id: String(cost), key, lifeMs: policy.windowMs }];
    });
    for (const lease of taken) this.held.add(lease);
    if (taken.length > 0) this.renew();
    return taken;
  }

  /** Ends leases. What cannot be told to Redis ends by itself. */
  async release(leases: readonly Lease[]): Promise<void> {
    for (const lease of leases) {
      if (!this.held.delete(lease)) continue;
      await this.repository.releaseLease(lease.key, lease.id);
    }
  }

  stop(): void {
    clearInterval(this.renewal);
  }

  /** Requests may last longer than a lease, such as a stream of events. */
  private renew(): void {
    this.renewal ??= setInterval(() => {
      for (const { key, id, lifeMs } of this.held) void this.repository.extendLease(key, id, lifeMs);
    }, renewEveryMs).unref();
  }
}
