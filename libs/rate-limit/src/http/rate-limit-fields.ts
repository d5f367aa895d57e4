import type { PolicyStanding } from '../limiter/decision.js';

/** What a browser's script may read of an answer from another origin, beside what it always may. */
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
  // Parsers of earlier drafts, ratelimit-header-parser 0.1 among them, look for these words and find the first.
  const earlier = index > 0 ? '' : `;limit=${settings.quota};remaining=${remaining};reset=${resetSeconds}`;
  return `"${name}";r=${remaining};t=${resetSeconds};pk=:${partitionKey}:${earlier}`;
};

/** Policies in shadow mode are nobody's business yet. */
const shown = (standings: readonly PolicyStanding[]): readonly PolicyStanding[] =>
  standings.every(({ policy }) => policy.isEnforced)
    ? standings
    : standings.filter(({ policy }) => policy.isEnforced);

/**
 * The fields of draft-ietf-httpapi-ratelimit-headers-11, structured fields (RFC 9651). `r` is what is left; `t` is when all
 * of it is back (in a sliding window, when more is) or, after a refusal, when to try again.
 *
 * @returns undefined where there is nothing to tell
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
