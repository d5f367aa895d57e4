import { describe, expect, it } from '@jest/globals';
import {
  type CacheResult,
  type CacheOutcome,
  cacheStatus,
  type CacheTier,
  summarize,
} from './cache-result.js';

const result = (outcome: CacheOutcome, more: Partial<CacheResult<string>> = {}): CacheResult<string> => ({
  value: 'x',
  outcome,
  tier: 'redis',
  ttlMs: Infinity,
  stored: true,
  redisAnswered: true,
  ...more,
});

describe(cacheStatus.name, () => {
  it.each<[string, CacheResult<string>[]]>([
    ['marquee; hit', [result('redis_hit'), result('local_hit')]],
    ['marquee; hit; ttl=12', [result('redis_hit', { ttlMs: 12_900 })]],
    ['marquee; fwd=miss; stored', [result('miss')]],
    ['marquee; fwd=miss', [result('miss', { stored: false })]],
    ['marquee; fwd=miss; stored; collapsed', [result('coalesced')]],
    ['marquee; fwd=partial; stored', [result('miss'), result('redis_hit')]],
    ['marquee; fwd=stale; ttl=-5', [result('stale', { ttlMs: -4500 })]],
    ['marquee; fwd=request; stored', [result('bypass')]],
    ['marquee; fwd=miss; detail=redis-away', [result('miss', { stored: false, redisAnswered: false })]],
  ])('%s', (expected, results) => {
    expect(cacheStatus(results)).toBe(expected);
  });
});

describe(summarize.name, () => {
  const from = (tier: CacheTier, outcome: CacheOutcome): CacheResult<string> => result(outcome, { tier });

  it.each<[string, string, CacheResult<string>[]]>([
    ['hit', 'local', [from('local', 'local_hit'), from('local', 'negative')]],
    ['hit', 'mixed', [from('local', 'local_hit'), from('redis', 'redis_hit')]],
    ['stale', 'redis', [from('redis', 'stale')]],
    ['miss', 'upstream', [from('upstream', 'miss'), from('upstream', 'coalesced')]],
    ['bypass', 'upstream', [from('upstream', 'bypass')]],
    ['partial', 'mixed', [from('redis', 'redis_hit'), from('upstream', 'miss')]],
  ])('%s of %s', (outcome, tier, results) => {
    expect(summarize(results)).toEqual({ outcome, tier });
  });

  it('returns undefined for no lookups', () => {
    expect(summarize([])).toBeUndefined();
  });
});
