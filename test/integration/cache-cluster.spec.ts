import { setTimeout as upstreamTakes } from 'node:timers/promises';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { type CacheService, defineNamespace, stringCodec } from '@app/cache';
import type { RedisClient } from '@app/redis';
import { createCache } from '../fixtures/cache.js';
import { TestRedisCluster } from '../fixtures/redis-cluster.js';
import { connectClient } from '../fixtures/redis-client.js';
import { until } from '../fixtures/until.js';

describe('CacheService in Cluster mode', () => {
  const namespace = defineNamespace({
    name: 'n',
    codec: stringCodec,
    ttlSeconds: 60,
    localTtlSeconds: 60,
    staleSeconds: 60,
  });
  const parts = Array.from({ length: 60 }, (_, index) => `${index}`);
  let cluster: TestRedisCluster;
  let clients: RedisClient[];
  let a: CacheService;
  let b: CacheService;

  beforeAll(async () => {
    cluster = await TestRedisCluster.start();
    clients = await Promise.all([1, 2].map(() => connectClient({ REDIS_URL: cluster.url })));
    [a, b] = clients.map((client) => createCache(client).cache) as [CacheService, CacheService];
    await until('every master sends invalidations', () => clients.every((client) => client.isTracking));
  });
  afterAll(async () => {
    for (const client of clients) client.close();
    await cluster.stop();
  });

  it('reads and writes keys of all slots', async () => {
    expect(
      await a.setMany(
        namespace,
        parts.map((part) => [part, `value ${part}`] as const),
      ),
    ).toBe(true);
    expect(await b.getMany(namespace, parts)).toEqual(parts.map((part) => `value ${part}`));
  });

  it('receives invalidations from every master', async () => {
    await b.getMany(namespace, parts);
    await a.setMany(
      namespace,
      parts.map((part) => [part, `new ${part}`] as const),
    );
    await until(
      'b has no old value',
      async () => (await b.getMany(namespace, parts)).every((value) => value?.startsWith('new')),
      1000,
    );
  });

  it('loads a key once for all processes', async () => {
    let loads = 0;
    const load = async (): Promise<string> => {
      loads++;
      await upstreamTakes(30);
      return 'loaded';
    };
    const results = await Promise.all(
      [a, b, a, b].map((cache) => cache.getOrLoadOne(namespace, 'cold', load)),
    );
    expect(results.map(({ value }) => value)).toEqual(['loaded', 'loaded', 'loaded', 'loaded']);
    expect(loads).toBe(1);
  });

  it('deletes by pattern on every master', async () => {
    let last = { matched: 0, deleted: 0 };
    for await (const progress of a.deletePattern('cache:n:*', {
      dryRun: false,
      signal: new AbortController().signal,
    }))
      last = progress;
    expect(last).toEqual({ matched: 61, deleted: 61 });
    expect(await Promise.all(cluster.nodes.map(({ redis }) => redis.keys('prod:cache:*')))).toEqual([
      [],
      [],
      [],
    ]);
  });
});
