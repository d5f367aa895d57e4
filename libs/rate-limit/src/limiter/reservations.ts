import type { Claim, Reservation } from './decision.js';
import type { LimitsRepository, Verdict } from './limits.repository.js';

/** Returns what was reserved by claims that Redis has charged. */
export function reservationOf(
  verdicts: readonly Verdict<Claim>[],
  cost: number,
  { redisMs, repliedAtMs }: { readonly redisMs: number; readonly repliedAtMs: number },
): Reservation {
  const refunds = verdicts.flatMap(({ charge: { policy, key, state }, waitMs, resetMs }) => {
    // A policy that charges by its own measure does not depend on the settled cost.
    const hasOwnMeasure = policy.settings.cost !== undefined || policy.settings.unit !== 'requests';
    return waitMs > 0 || hasOwnMeasure ? [] : [{ policy, key, state, windowEndsMs: redisMs + resetMs }];
  });
  return { cost, reservedAtMs: redisMs, repliedAtMs, refunds };
}

/**
 * Charges the final cost of a reserved request, and refunds the rest. Best effort: what cannot be refunded stays charged.
 *
 * @throws RangeError if the final cost exceeds the reservation
 */
export async function settleReservation(
  repository: LimitsRepository,
  { cost: reserved, refunds, reservedAtMs, repliedAtMs }: Reservation,
  cost: number,
): Promise<void> {
  if (!(cost >= 0 && cost <= reserved))
    throw new RangeError(`The cost ${cost} is not within the reserved ${reserved}`);
  const units = reserved - cost;
  if (units === 0 || refunds.length === 0) return;
  const outcome = await repository.refund(reservedAtMs, units, refunds);
  for (const { state } of refunds) {
    if (outcome.status === 'ok') state.usage.refund(units, repliedAtMs);
    // A refused request may fit now.
    state.admitAgain();
  }
}
