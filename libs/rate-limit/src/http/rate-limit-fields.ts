import type { PolicyStanding } from '../limiter/decision.js';

/** The response fields that scripts of other origins may read, in addition to those they always may. */
export const rateLimitFieldNames = ['RateLimit', 'RateLimit-Policy', 'Retry-After'] as const;

/** Names, digits and base64 need no escaping in RFC 9651. */
const policyItem = ({ policy: { name, settings, windowMs }, partitionKey }: PolicyStanding): string => {
  const { quota, burst, unit } = settings;
  return (
    `"${name}";q=${quota}` +
    (unit === 'requests' ? '' : `;qu="${unit}"`) +
    (unit === 'concurrent-requests' ? '' : `;w=${windowMs / 1000}`) +
    (burst === undefined || burst === quota ? '' : `;burst=${burst}`) +
    `;pk=:${partitionKey}:`
  );
};

const standingItem = (
  { policy: { name, settings }, remaining, resetMs, partitionKey }: PolicyStanding,
  index: number,
): string => {
  const resetSeconds = Math.ceil(resetMs / 1000);
  // Parsers of earlier drafts, such as ratelimit-header-parser 0.1, look for these parameters in the first item.
  const earlier = index > 0 ? '' : `;limit=${settings.quota};remaining=${remaining};reset=${resetSeconds}`;
  return `"${name}";r=${remaining};t=${resetSeconds};pk=:${partitionKey}:${earlier}`;
};

/** Leaves out policies in shadow mode. */
const shown = (standings: readonly PolicyStanding[]): readonly PolicyStanding[] =>
  standings.every(({ policy }) => policy.isEnforced)
    ? standings
    : standings.filter(({ policy }) => policy.isEnforced);

/**
 * Returns the fields of draft-ietf-httpapi-ratelimit-headers-11, structured fields (RFC 9651). `r` is the remaining quota. `t`
 * is the time until all of it (sliding window: more of it) is available or, after a refusal, until a retry can succeed.
 *
 * @returns undefined if there are no policies to show
 */
export function rateLimitFields(
  standings: readonly PolicyStanding[],
): { readonly 'ratelimit-policy': string; readonly ratelimit: string } | undefined {
  const list = shown(standings);
  if (list.length === 0) return undefined;
  return {
    'ratelimit-policy': list.map(policyItem).join(', '),
    ratelimit: list.map(standingItem).join(', '),
  };
}
