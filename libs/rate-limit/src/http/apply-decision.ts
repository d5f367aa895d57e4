import type { FastifyReply } from 'fastify';
import type { Decision, PolicyStanding } from '../limiter/decision.js';
import { RateLimitExceeded, type Violation } from '../rate-limit.errors.js';
import { rateLimitFields } from './rate-limit-fields.js';

/** Adds the `RateLimit` fields of a decision to the response. @throws RateLimitExceeded if the decision is a refusal */
export function applyDecision(reply: FastifyReply, { isAllowed, isDegraded, standings }: Decision): void {
  const fields = isDegraded ? undefined : rateLimitFields(standings);
  if (fields) {
    // A request can be decided on twice, before and after authentication.
    const earlier = { policy: reply.getHeader('ratelimit-policy'), standing: reply.getHeader('ratelimit') };
    void reply
      .header('ratelimit-policy', joined(earlier.policy, fields['ratelimit-policy']))
      .header('ratelimit', joined(earlier.standing, fields.ratelimit));
  }
  if (!isAllowed) throw refusalOf(standings);
}

function refusalOf(standings: readonly PolicyStanding[]): RateLimitExceeded {
  const [first, ...others] = standings.filter(({ policy, waitMs }) => policy.isEnforced && waitMs > 0);
  if (!first) throw new Error('Refused by no policy');
  const waits = [first, ...others].map(({ waitMs }) => waitMs);
  const retryAfterSeconds = Math.max(1, Math.ceil(Math.max(...waits) / 1000));
  return new RateLimitExceeded(
    first.partitionKey,
    [violation(first), ...others.map(violation)],
    retryAfterSeconds,
  );
}

const joined = (earlier: unknown, later: string): string =>
  typeof earlier === 'string' ? `${earlier}, ${later}` : later;

const violation = ({ policy: { name, settings, windowMs } }: PolicyStanding): Violation => ({
  policy: name,
  quota: settings.quota,
  windowSeconds: windowMs / 1000,
});
