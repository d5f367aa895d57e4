/** How a lookup ended. Each is counted, with its latency. */
export type CacheOutcome =
  | 'local_hit'
  | 'redis_hit'
  | 'stale'
  | 'negative'
  | 'miss' // loaded
  | 'coalesced' // waited for another's load
  | 'bypass' // loaded because a refresh was asked for
  | 'timeout' // the load took too long; it goes on
  | 'error'; // the load failed

/** Where an answer came from: this process, Redis, or what loads it. */
export type CacheTier = 'local' | 'redis' | 'upstream';

/** An answer of the cache and where it came from. */
export interface CacheAnswer<T> {
  /** Undefined: known to be absent. */
  readonly value: T | undefined;
  readonly outcome: CacheOutcome;
  readonly tier: CacheTier;
  /** What is left of its fresh life; negative for a stale one, Infinity where it has no end. */
  readonly ttlMs: number;
  /** Whether Redis has it now, as far as this process knows. */
  readonly stored: boolean;
  /** False when Redis did not answer the lookup. */
  readonly redisAnswered: boolean;
  /** With the outcome `error`: why this value of a batch could not be loaded. */
  readonly error?: Error;
}

/** RFC 9211, for one or several lookups of a response. */
export function cacheStatus(
  answers: readonly Pick<CacheAnswer<unknown>, 'outcome' | 'ttlMs' | 'stored' | 'redisAnswered'>[],
): string {
  const forwarded = answers.filter(({ outcome }) => !isHit(outcome));
  const ttlMs = Math.min(...answers.map((answer) => answer.ttlMs));
  const ttl = Number.isFinite(ttlMs) ? `; ttl=${Math.floor(ttlMs / 1000)}` : '';
  if (forwarded.length === 0) return `marquee; hit${ttl}`;
  const isPartial = forwarded.length < answers.length;
  const loaded = forwarded.filter(({ outcome }) => outcome !== 'stale');
  const reason = isPartial ? 'partial' : loaded.length === 0 ? 'stale' : 'miss';
  const bypass = loaded.some(({ outcome }) => outcome === 'bypass') ? 'request' : reason;
  const collapsed =
    loaded.length > 0 && loaded.every(({ outcome }) => outcome === 'coalesced') ? '; collapsed' : '';
  const stored = loaded.length > 0 && loaded.every((answer) => answer.stored) ? '; stored' : '';
  const away = answers.every(({ redisAnswered }) => redisAnswered) ? '' : '; detail=redis-away';
  return `marquee; fwd=${bypass}${stored}${collapsed}${loaded.length === 0 ? ttl : ''}${away}`;
}

const isHit = (outcome: CacheOutcome): boolean =>
  outcome === 'local_hit' || outcome === 'redis_hit' || outcome === 'negative';

/** How the cache answered a whole request, in the words of the access log. */
export interface CacheSummary {
  readonly outcome: 'hit' | 'miss' | 'stale' | 'bypass' | 'partial';
  readonly tier: CacheTier | 'mixed';
}

/** The one outcome and tier of all lookups of a response; `partial` and `mixed` where they differ. */
export function summarize(
  answers: readonly Pick<CacheAnswer<unknown>, 'outcome' | 'tier'>[],
): CacheSummary | undefined {
  const [first, ...others] = answers;
  if (!first) return undefined;
  const outcome = wordOf(first.outcome);
  return {
    outcome: others.every((answer) => wordOf(answer.outcome) === outcome) ? outcome : 'partial',
    tier: others.every(({ tier }) => tier === first.tier) ? first.tier : 'mixed',
  };
}

function wordOf(outcome: CacheOutcome): CacheSummary['outcome'] {
  if (isHit(outcome)) return 'hit';
  return outcome === 'stale' || outcome === 'bypass' ? outcome : 'miss';
}
