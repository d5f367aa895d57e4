import type { PoliciesService } from '../policies/policies.service.js';
import { RateLimitsUnavailableError } from '../rate-limit.errors.js';
import { type Claim, type Decision, nothingToDecide } from './decision.js';
import type { Leases } from './leases.js';
import type { LimiterMetrics } from './limiter.metrics.js';

/** How long a client waits for a lease, or for Redis, to come back: nobody knows. */
const unknownWaitMs = 1_000;

/** Decides while Redis is away, as each policy's `onRedisFailure` says: each process admits its share of the quota. */
export class LocalLimiter {
  constructor(
    private readonly policies: PoliciesService,
    private readonly metrics: LimiterMetrics,
    private readonly leases: Leases,
  ) {}

  /** @throws RateLimitsUnavailableError where a policy is `closed` */
  decide(claims: readonly Claim[], isLook: boolean): Decision {
    if (isLook) return { ...nothingToDecide, isDegraded: true };
    const enforced = claims.filter(({ policy }) => policy.isEnforced);
    const closed = enforced.find(({ policy }) => policy.settings.onRedisFailure === 'closed');
    if (closed) {
      this.metrics.count(closed.policy.name, 'degraded_refused');
      throw new RateLimitsUnavailableError(`The limit "${closed.policy.name}" cannot be looked up now`);
    }
    const { replicas } = this.policies;
    const nowMs = performance.now();
    const local = enforced.filter(({ policy }) => policy.settings.onRedisFailure === 'local');
    const refusals = local
      .map((claim) => ({ claim, waitMs: this.waitMs(claim, replicas, nowMs) }))
      .filter(({ waitMs }) => waitMs > 0);
    for (const { policy } of enforced) {
      const isRefused = refusals.some(({ claim }) => claim.policy === policy);
      if (isRefused) this.metrics.count(policy.name, 'degraded_refused');
      else if (refusals.length === 0) this.metrics.count(policy.name, 'degraded_allowed');
    }
    if (refusals.length > 0) {
      const standings = refusals.map(({ claim: { policy, state }, waitMs }) => ({
        policy,
        client: state.client,
        partitionKey: state.partitionKey,
        remaining: 0,
        resetMs: waitMs,
        waitMs,
      }));
      return { ...nothingToDecide, isAllowed: false, isDegraded: true, standings };
    }
    for (const { policy, state, units } of local) {
      if (policy.kind !== 'l') state.usage.chargeLocally(units, replicas, nowMs);
    }
    const leases = claims.filter(({ policy }) => policy.kind === 'l');
    return { ...nothingToDecide, isDegraded: true, leases: this.leases.take(leases, []) };
  }

  private waitMs({ policy, key, state, units }: Claim, replicas: number, nowMs: number): number {
    if (policy.kind === 'l') {
      const most = Math.max(1, Math.floor(policy.capacity / replicas));
      return this.leases.heldOf(key) < most ? 0 : unknownWaitMs;
    }
    // What is more than a share has to wait for Redis.
    return state.usage.waitLocally(units, replicas, nowMs) ?? unknownWaitMs;
  }
}
