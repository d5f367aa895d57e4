import { describe, expect, it } from '@jest/globals';
import { type CacheAnswer, type CacheOutcome, cacheStatus } from './cache-answer.js';

const answer = (outcome: CacheOutcome, more: Partial<CacheAnswer<string>> = {}): CacheAnswer<string> => ({
  value: 'x',
  outcome,
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
