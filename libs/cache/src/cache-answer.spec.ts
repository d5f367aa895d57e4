import { describe, expect, it } from '@jest/globals';
import {
  type CacheAnswer,
  type CacheOutcome,
  cacheStatus,
  type CacheTier,
  summarize,
} from './cache-answer.js';

const answer = (outcome: CacheOutcome, more: Partial<CacheAnswer<string>> = {}): CacheAnswer<string> => ({
  value: 'x',
  outcome,
  tier: 'redis',
  ttlMs: Infinity,
  stored: true,
  redisAnswered: true,
  ...more,
});

describe(cacheStatus.name, () => {
  it.each<[string, CacheAnswer<string>[]]>([
    ['marquee; hit', [answer('redis_hit'), answer('local_hit')]],
    ['marquee; hit; ttl=12', [answer('redis_hit', { ttlMs: 12_900 })]],
    ['marquee; fwd=miss; stored', [answer('miss')]],
    ['marquee; fwd=miss', [answer('miss', { stored: false })]],
    ['marquee; fwd=miss; stored; collapsed', [answer('coalesced')]],
    ['marquee; fwd=partial; stored', [answer('miss'), answer('redis_hit')]],
    ['marquee; fwd=stale; ttl=-5', [answer('stale', { ttlMs: -4500 })]],
    ['marquee; fwd=request; stored', [answer('bypass')]],
    ['marquee; fwd=miss; detail=redis-away', [answer('miss', { stored: false, redisAnswered: false })]],
  ])('%s', (expected, answers) => {
    expect(cacheStatus(answers)).toBe(expected);
  });
});

describe(summarize.name, () => {
  const from = (tier: CacheTier, outcome: CacheOutcome): CacheAnswer<string> => answer(outcome, { tier });

  it.each<[string, string, CacheAnswer<string>[]]>([
    ['hit', 'local', [from('local', 'local_hit'), from('local', 'negative')]],
    ['hit', 'mixed', [from('local', 'local_hit'), from('redis', 'redis_hit')]],
    ['stale', 'redis', [from('redis', 'stale')]],
    ['miss', 'upstream', [from('upstream', 'miss'), from('upstream', 'coalesced')]],
    ['bypass', 'upstream', [from('upstream', 'bypass')]],
    ['partial', 'mixed', [from('redis', 'redis_hit'), from('upstream', 'miss')]],
  ])('%s of %s', (outcome, tier, answers) => {
    expect(summarize(answers)).toEqual({ outcome, tier });
  });

  it('has nothing to say of no lookups', () => {
    expect(summarize([])).toBeUndefined();
  });
});
