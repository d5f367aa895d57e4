import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { type CacheService, defineNamespace, stringCodec } from '@app/cache';
import type { RedisClient } from '@app/redis';
import * as fc from 'fast-check';
import { createCache } from '../fixtures/cache.js';
import { connectClient } from '../fixtures/redis-client.js';
import { TestRedisServer } from '../fixtures/redis-server.js';
import { until } from '../fixtures/until.js';

type Step =
  | {
      readonly kind: 'set' | 'delete' | 'expire' | 'get' | 'getOrLoadOne';
      readonly process: 0 | 1;
      readonly key: string;
    }
  | { readonly kind: 'settle' };

const where = { process: fc.constantFrom(0 as const, 1 as const), key: fc.constantFrom('a', 'b', 'c') };
const kinds = fc.constantFrom(
  'set' as const,
  'delete' as const,
  'expire' as const,
  'get' as const,
  'getOrLoadOne' as const,
);
const step: fc.Arbitrary<Step> = fc.oneof(
  { weight: 5, arbitrary: fc.record({ kind: kinds, ...where }) },
  { weight: 1, arbitrary: fc.constant({ kind: 'settle' as const }) },
);

/** The current value of a key, and when each earlier value was replaced. */
interface History {
  current: string | null;
  readonly endedMs: Map<string, number>;
}

/** Every process must notice a change within this time. */
const maxStalenessMs = 100;

describe('the tiers of two processes', () => {
  let server: TestRedisServer;
  let clients: RedisClient[];
  let caches: CacheService[];
  let run = 0;

  beforeAll(async () => {
    server = await TestRedisServer.start();
    clients = await Promise.all([1, 2].map(() => connectClient({ REDIS_URL: server.url })));
    caches = clients.map((client) => createCache(client).cache);
    await until('both processes receive invalidations', () => clients.every((client) => client.isTracking));
  });
  afterAll(async () => {
    for (const client of clients) client.close();
    await server.stop();
  });

  it('never return a value that was replaced longer ago than the maximum staleness', async () => {
    await fc.assert(
      fc.asyncProperty(fc.array(step, { minLength: 1, maxLength: 40 }), async (steps) => {
        const namespace = defineNamespace({
          name: `property-${++run}`,
          codec: stringCodec,
          ttlSeconds: 60,
          jitter: 0,
          localTtlSeconds: 60,
        });
        const histories = new Map<string, History>();
        let writes = 0;
        const historyOf = (key: string): History => {
          const history = histories.get(key) ?? { current: null, endedMs: new Map() };
          histories.set(key, history);
          return history;
        };
        const change = (key: string, value: string | null): void => {
          const history = historyOf(key);
          if (history.current !== null) history.endedMs.set(history.current, performance.now());
          history.current = value;
        };
        const check = (key: string, value: string | null, readMs: number): void => {
          const { current, endedMs } = historyOf(key);
          if (value === current || value === null) return;
          expect(readMs - (endedMs.get(value) ?? -Infinity)).toBeLessThan(maxStalenessMs);
        };
        for (const action of steps) {
          if (action.kind === 'settle') {
            await server.redis.ping();
            continue;
          }
          const { kind, key } = action;
          const cache = caches[action.process] as CacheService;
          const readMs = performance.now();
          if (kind === 'set') {
            const value = `v${++writes}`;
            await cache.set(namespace, key, value);
            change(key, value);
          } else if (kind === 'delete') {
            await cache.delete(namespace, key);
            change(key, null);
          } else if (kind === 'expire') {
            // Redis expires the key at once.
            await server.redis.pexpire(`prod:cache:${namespace.name}:${key}`, 0);
            change(key, null);
          } else if (kind === 'get') {
            check(key, await cache.get(namespace, key), readMs);
          } else {
            const made = `v${++writes}`;
            const { value = null } = await cache.getOrLoadOne(namespace, key, () => Promise.resolve(made));
            if (value === made) change(key, made);
            else check(key, value, readMs);
          }
        }
      }),
      { numRuns: 150 },
    );
  });

  it('return every value that has not been changed', async () => {
    await fc.assert(
      fc.asyncProperty(
        fc.uniqueArray(fc.string({ minLength: 1, unit: 'grapheme' }), { maxLength: 10 }),
        fc.string(),
        async (parts, value) => {
          const namespace = defineNamespace({
            name: `parts-${++run}`,
            codec: stringCodec,
            ttlSeconds: 60,
            localTtlSeconds: 60,
          });
          await caches[0]?.setMany(
            namespace,
            parts.map((part, index) => [part, `${value}${index}`] as const),
          );
          expect(await caches[1]?.getMany(namespace, parts)).toEqual(
            parts.map((_, index) => `${value}${index}`),
          );
        },
      ),
      { numRuns: 100 },
    );
  });
});
