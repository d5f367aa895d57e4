/** How a lookup ended. Lookups are counted by outcome, with their latency. */
export type CacheOutcome =
  | 'local_hit'
  | 'redis_hit'
  | 'stale'
  | 'negative'
  | 'miss' // loaded
  | 'coalesced' // another caller or process loaded it
  | 'bypass' // loaded because the caller requested a refresh
  | 'timeout' // the load takes too long; it continues
  | 'error'; // the load failed

/** Where a result came from: this process, Redis, or the load. */
export type CacheTier = 'local' | 'redis' | 'upstream';

/** The result of a lookup, and where it came from. */
export interface CacheResult<T> {
  /** Undefined for a value that is known to be absent. */
  readonly value: T | undefined;
  readonly outcome: CacheOutcome;
  readonly tier: CacheTier;
  /** How long the value stays fresh; negative for a stale value, Infinity for a key without a TTL. */
  readonly ttlMs: number;
  /** Whether Redis has the value, as far as this process knows. */
  readonly stored: boolean;
  /** False if Redis did not reply to the lookup. */
  readonly redisAnswered: boolean;
  /** Why this value of a batch could not be loaded. Set with the outcome `error` only. */
  readonly error?: Error;
}

/** Returns the `Cache-Status` field (RFC 9211) for the lookups of a response. */
export function cacheStatus(
  results: readonly Pick<CacheResult<unknown>, 'outcome' | 'ttlMs' | 'stored' | 'redisAnswered'>[],
): string {
  const forwarded = results.filter(({ outcome }) => !isHit(outcome));
  const ttlMs = Math.min(...results.map((result) => result.ttlMs));
  const ttl = Number.isFinite(ttlMs) ? `; ttl=${Math.floor(ttlMs / 1000)}` : '';
  if (forwarded.length === 0) return `marquee; hit${ttl}`;
  const isPartial = forwarded.length < results.length;
  const loaded = forwarded.filter(({ outcome }) => outcome !== 'stale');
  const reason = isPartial ? 'partial' : loaded.length === 0 ? 'stale' : 'miss';
  const bypass = loaded.some(({ outcome }) => outcome === 'bypass') ? 'request' : reason;
  const collapsed =
    loaded.length > 0 && loaded.every(({ outcome }) => outcome === 'coalesced') ? '; collapsed' : '';
  const stored = loaded.length > 0 && loaded.every((result) => result.stored) ? '; stored' : '';
  const away = results.every(({ redisAnswered }) => redisAnswered) ? '' : '; detail=redis-away';
  return `marquee; fwd=${bypass}${stored}${collapsed}${loaded.length === 0 ? ttl : ''}${away}`;
}

const isHit = (outcome: CacheOutcome): boolean =>
  outcome === 'local_hit' || outcome === 'redis_hit' || outcome === 'negative';

/** How the cache served a request, as the access log reports it. */
export interface CacheSummary {
  readonly outcome: 'hit' | 'miss' | 'stale' | 'bypass' | 'partial';
  readonly tier: CacheTier | 'mixed';
}

/** Returns the common outcome and tier of all lookups of a response, or `partial` and `mixed` if they differ. */
export function summarize(
  results: readonly Pick<CacheResult<unknown>, 'outcome' | 'tier'>[],
): CacheSummary | undefined {
  const [first, ...others] = results;
  if (!first) return undefined;
  const outcome = summaryOf(first.outcome);
  return {
    outcome: others.every((result) => summaryOf(result.outcome) === outcome) ? outcome : 'partial',
    tier: others.every(({ tier }) => tier === first.tier) ? first.tier : 'mixed',
  };
}

function summaryOf(outcome: CacheOutcome): CacheSummary['outcome'] {
  if (isHit(outcome)) return 'hit';
  return outcome === 'stale' || outcome === 'bypass' ? outcome : 'miss';
}
