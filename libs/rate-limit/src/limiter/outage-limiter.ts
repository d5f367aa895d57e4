import type { PoliciesService } from '../policies/policies.service.js';
import { RateLimitsUnavailableError } from '../rate-limit.errors.js';
import { type Claim, type Decision, noPolicies, refusedStanding } from './decision.js';
import type { ConcurrencyLeases } from './concurrency-leases.js';
import type { LimiterMetrics } from './limiter.metrics.js';

/** The wait of a client when it is unknown how soon a lease, or Redis, is available again. */
const unknownWaitMs = 1_000;

/** Decides while Redis is down, according to each policy's `onRedisFailure`. Each process admits its share of the quota. */
export class OutageLimiter {
  constructor(
    private readonly policies: PoliciesService,
    private readonly metrics: LimiterMetrics,
    private readonly leases: ConcurrencyLeases,
  ) {}

  /** @throws RateLimitsUnavailableError if a policy is `closed` */
  decide(claims: readonly Claim[], isLook: boolean): Decision {
    if (isLook) return { ...noPolicies, isDegraded: true };
    const enforced = claims.filter(({ policy }) => policy.isEnforced);
    const closed = enforced.find(({ policy }) => policy.settings.onRedisFailure === 'closed');
    if (closed) {
      this.metrics.count(closed.policy.name, 'degraded_refused');
      throw new RateLimitsUnavailableError(
        `The limit "${closed.policy.name}" cannot be checked at the moment.`,
      );
    }
    const { replicas } = this.policies;
    const nowMs = performance.now();
    const local = enforced.filter(({ policy }) => policy.settings.onRedisFailure === 'local');
    const refusals = local
      .map((claim) => ({ claim, waitMs: this.waitMs(claim, replicas, nowMs) }))
      .filter(({ waitMs }) => waitMs > 0);
    for (const claim of enforced) {
      const isRefused = refusals.some((refusal) => refusal.claim === claim);
      if (isRefused) this.metrics.count(claim.policy.name, 'degraded_refused');
      else if (refusals.length === 0) this.metrics.count(claim.policy.name, 'degraded_allowed');
    }
    if (refusals.length > 0) {
      const standings = refusals.map(({ claim, waitMs }) => refusedStanding(claim, 0, waitMs));
      return { ...noPolicies, isAllowed: false, isDegraded: true, standings };
    }
    for (const { state, units } of local) state.usage.chargeLocally(units, replicas, nowMs);
    return { ...noPolicies, isDegraded: true, leases: this.leases.take(claims) };
  }

  private waitMs({ policy, key, state, units }: Claim, replicas: number, nowMs: number): number {
    if (policy.algorithm.usesLeases) {
      const share = Math.max(1, Math.floor(policy.capacity / replicas));
      return this.leases.countOf(key) < share ? 0 : unknownWaitMs;
    }
    // A request that exceeds a whole share waits for Redis.
    return state.usage.waitLocally(units, replicas, nowMs) ?? unknownWaitMs;
  }
}
