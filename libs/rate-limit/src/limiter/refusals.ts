import { type Claim, type Decision, noPolicies, type PolicyStanding, refusedStanding } from './decision.js';
import type { LimiterMetrics } from './limiter.metrics.js';

/** Refuses a request without Redis if its client was refused and its wait is not over. Otherwise returns undefined. */
export function refuseLocally(
  claims: readonly Claim[],
  nowMs: number,
  metrics: LimiterMetrics,
): Decision | undefined {
  let standings: PolicyStanding[] | undefined;
  for (const claim of claims) {
    const { policy, state, units } = claim;
    if (state.refusedUntilMs <= nowMs || units < state.refusedCost || !policy.isEnforced) continue;
    (standings ??= []).push(refusedStanding(claim, state.refusedRemaining, state.refusedUntilMs - nowMs));
    metrics.count(policy.name, 'refused_locally');
  }
  return standings && { ...noPolicies, isAllowed: false, standings };
}
