import { setTimeout as upstreamTakes } from 'node:timers/promises';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from '@jest/globals';
import { Injectable, Module } from '@nestjs/common';
import { Test } from '@nestjs/testing';
import {
  type CacheAnswer,
  CacheLoadTimeoutError,
  Cached,
  CacheEvict,
  CachePurgeService,
  CacheRepository,
  CacheService,
  defineNamespace,
  jsonCodec,
  type NamespaceOptions,
  notModified,
  stringCodec,
  Tagged,
} from '@app/cache';
import type { RedisClient } from '@app/redis';
import { createCache } from '../fixtures/cache.js';
import { connectClient } from '../fixtures/redis-client.js';
import { TestRedisServer } from '../fixtures/redis-server.js';
import { TcpProxy } from '../fixtures/tcp-proxy.js';
import { until } from '../fixtures/until.js';

interface Film {
  readonly title: string;
}

let number = 0;
/** A namespace that no other test has used. */
const films = (options: Partial<NamespaceOptions<Film>> = {}) =>
  defineNamespace<Film>({
    name: `films-${++number}`,
    codec: jsonCodec<Film>(),
    ttlSeconds: 60,
    jitter: 0,
    ...options,
  });

const values = (answers: readonly CacheAnswer<unknown>[]): unknown[] => answers.map(({ value }) => value);
const outcomes = (answers: readonly CacheAnswer<unknown>[]): string[] => [
  ...new Set(answers.map(({ outcome }) => outcome)),
];

describe('CacheService', () => {
  let server: TestRedisServer;
  let clients: RedisClient[];
  /** Two processes' caches on one Redis. */
  let a: CacheService;
  let b: CacheService;

  beforeAll(async () => {
    server = await TestRedisServer.start();
    // What is tested is who loads, not how soon: a busy machine must not cost a lock.
    const variables = { REDIS_URL: server.url, REDIS_BUDGET_MS: '2000' };
    clients = await Promise.all([1, 2].map(() => connectClient(variables)));
    [a, b] = clients.map((client) => createCache(client).cache) as [CacheService, CacheService];
    await until('both listen', () => clients.every((client) => client.isTracking));
  });
  afterAll(async () => {
    for (const client of clients) client.close();
    await server.stop();
  });
  beforeEach(() => server.redis.flushall());

  const keyOf = (namespace: { name: string }, part: string): string => `prod:cache:${namespace.name}:${part}`;

  describe('basic calls', () => {
    const counters = defineNamespace({ name: 'counters', codec: stringCodec, ttlSeconds: 60, jitter: 0 });

    it('keeps JSON as JSON under the generic key, with its TTL', async () => {
      const namespace = films();
      expect(await a.set(namespace, ['1', 'a:b'], { title: 'Heat' })).toBe(true);
      expect(await server.redis.get(`prod:cache:${namespace.name}:1:a%3Ab`)).toBe('{"title":"Heat"}');
      expect(await a.get(namespace, ['1', 'a:b'])).toEqual({ title: 'Heat' });
      expect(await a.exists(namespace, ['1', 'a:b'])).toBe(true);
      expect(await a.ttl(namespace, ['1', 'a:b'])).toBeGreaterThan(59);
      expect(await a.expire(namespace, ['1', 'a:b'], 600)).toBe(true);
      expect(await a.ttl(namespace, ['1', 'a:b'])).toBeGreaterThan(599);
      expect(await a.delete(namespace, ['1', 'a:b'])).toBe(true);
      expect(await a.get(namespace, ['1', 'a:b'])).toBeNull();
      expect(await a.ttl(namespace, ['1', 'a:b'])).toBeNull();
    });

    it("keeps many in order, in the caller's order, holes and all", async () => {
      const namespace = films();
      await a.setMany(namespace, [
        ['1', { title: 'Heat' }],
        ['3', { title: 'Ronin' }],
      ]);
      expect(await b.getMany(namespace, ['3', '2', '1'])).toEqual([
        { title: 'Ronin' },
        null,
        { title: 'Heat' },
      ]);
    });

    it('guesses nothing of a raw string', async () => {
      await a.set(counters, 'raw', '007');
      expect(await b.get(counters, 'raw')).toBe('007');
    });

    it('never leaves a counter without a TTL', async () => {
      expect(await Promise.all([1, 2, 3].map(() => a.increment(counters, 'c', 2)))).toEqual([2, 4, 6]);
      expect(await a.ttl(counters, 'c')).toBeGreaterThan(59);
    });

    it('replaces a key of another type: read, set and counted', async () => {
      const namespace = films();
      await server.redis.lpush(keyOf(namespace, '9'), 'of another program');
      expect(await a.get(namespace, '9')).toBeNull();
      const answer = await a.getOrSet(namespace, '9', () => Promise.resolve({ title: 'x' }));
      expect(answer).toMatchObject({ outcome: 'miss', redisAnswered: true, stored: true });
      expect(await server.redis.type(keyOf(namespace, '9'))).toBe('string');
      await server.redis.hset(keyOf(counters, 'd'), 'of', 'another program');
      expect(await a.increment(counters, 'd', 2)).toBe(2);
      expect(await a.ttl(counters, 'd')).toBeGreaterThan(59);
    });

    it.each([0, -1, Number.NaN, Infinity])(
      'a TTL of %p is a RangeError, not "forever"',
      async (ttlSeconds) => {
        expect(() => films({ ttlSeconds })).toThrow(RangeError);
        await expect(a.expire(films(), 'x', ttlSeconds)).rejects.toThrow(RangeError);
      },
    );

    it("takes a caller's TTL, and knows the documents' defaults", async () => {
      const namespace = films();
      await a.set(namespace, '1', { title: 'x' }, { ttlSeconds: a.longTtlSeconds });
      expect(await a.ttl(namespace, '1')).toBeGreaterThan(3599);
      expect(a.defaultTtlSeconds).toBe(300);
      await expect(a.set(namespace, '1', { title: 'x' }, { ttlSeconds: 0 })).rejects.toThrow(RangeError);
    });

    it('shortens TTLs at random and never lengthens them', async () => {
      const namespace = films({ jitter: 0.5, ttlSeconds: 1000 });
      await a.setMany(
        namespace,
        Array.from({ length: 50 }, (_, index) => [`${index}`, { title: 'x' }] as const),
      );
      const ttls = await Promise.all(
        Array.from({ length: 50 }, (_, index) => server.redis.ttl(keyOf(namespace, `${index}`))),
      );
      expect(Math.min(...ttls)).toBeGreaterThanOrEqual(499);
      expect(Math.max(...ttls)).toBeLessThanOrEqual(1000);
      expect(new Set(ttls).size).toBeGreaterThan(10);
    });
  });

  describe('getOrSet', () => {
    it('loads once for a thousand callers in each of two processes', async () => {
      const namespace = films();
      let loads = 0;
      const load = async (): Promise<Film> => {
        loads++;
        await upstreamTakes(50);
        return { title: 'Heat' };
      };
      const callers = [a, b].flatMap((cache) =>
        Array.from({ length: 1000 }, () => cache.getOrSet(namespace, '1', load)),
      );
      const answers = await Promise.all(callers);
      expect(loads).toBe(1);
      expect(new Set(values(answers).map((value) => JSON.stringify(value)))).toEqual(
        new Set(['{"title":"Heat"}']),
      );
      expect(answers.filter(({ outcome }) => outcome === 'miss')).toHaveLength(1);
    });

    it("takes over within the lock's bound when the leader dies", async () => {
      const doomed = await connectClient({ REDIS_URL: server.url });
      const leader = createCache(doomed).cache;
      const namespace = films({ loadTimeoutMs: 3000 });
      leader.getOrSet(namespace, '1', () => new Promise<never>(() => undefined)).catch(() => undefined);
      await until('it holds the lock', async () => (await server.redis.keys('prod:lock:*')).length === 1);
      doomed.close();
      const startedMs = performance.now();
      const answer = await b.getOrSet(namespace, '1', () => Promise.resolve({ title: 'Heat' }));
      expect(answer).toMatchObject({ value: { title: 'Heat' }, outcome: 'miss' });
      expect(performance.now() - startedMs).toBeLessThan(4000);
    });

    it('fails only those who waited', async () => {
      const namespace = films();
      const failing = Promise.allSettled(
        [1, 2].map(() => a.getOrSet(namespace, '1', () => Promise.reject(new Error('down')))),
      );
      expect((await failing).map(({ status }) => status)).toEqual(['rejected', 'rejected']);
      expect(await a.getOrSet(namespace, '1', () => Promise.resolve({ title: 'Heat' }))).toMatchObject({
        outcome: 'miss',
      });
    });

    it('remembers briefly that there is none', async () => {
      const namespace = films({ negativeTtlSeconds: 30 });
      let loads = 0;
      const load = (): Promise<undefined> => Promise.resolve(void loads++);
      expect(await a.getOrSet(namespace, '1', load)).toMatchObject({ value: undefined, outcome: 'miss' });
      expect(await b.getOrSet(namespace, '1', load)).toMatchObject({ value: undefined, outcome: 'negative' });
      expect(loads).toBe(1);
      expect(await server.redis.ttl(keyOf(namespace, '1'))).toBeLessThanOrEqual(30);
    });

    it('does not remember it where the namespace does not say so', async () => {
      const namespace = films();
      await a.getOrSet(namespace, '1', () => Promise.resolve(undefined));
      expect(await server.redis.exists(keyOf(namespace, '1'))).toBe(0);
    });

    it('gives up on a slow load in time, and the load still fills the cache', async () => {
      const namespace = films({ loadTimeoutMs: 50 });
      let finish: ((film: Film) => void) | undefined;
      const slow = a.getOrSet(namespace, '1', () => new Promise<Film>((resolve) => (finish = resolve)));
      await expect(slow).rejects.toThrow(CacheLoadTimeoutError);
      finish?.({ title: 'Heat' });
      await until('it is stored', async () => (await b.get(namespace, '1')) !== null);
    });

    it('loads anew when asked to', async () => {
      const namespace = films();
      await a.set(namespace, '1', { title: 'old' });
      const answer = await a.getOrSet(namespace, '1', () => Promise.resolve({ title: 'new' }), {
        refresh: true,
      });
      expect(answer).toMatchObject({ value: { title: 'new' }, outcome: 'bypass', stored: true });
      expect(await b.get(namespace, '1')).toEqual({ title: 'new' });
    });

    it('replaces a broken value', async () => {
      const namespace = films();
      await server.redis.set(keyOf(namespace, '1'), '{"tit');
      expect(await a.getOrSet(namespace, '1', () => Promise.resolve({ title: 'Heat' }))).toMatchObject({
        outcome: 'miss',
      });
      expect(await server.redis.get(keyOf(namespace, '1'))).toBe('{"title":"Heat"}');
    });
  });

  describe('getOrSetMany', () => {
    const film = (part: string): Film => ({ title: part });

    it('loads only what is missing, once each, and answers in order', async () => {
      const namespace = films();
      await a.set(namespace, '2', film('2'));
      const parts = ['1', '2', '3', '1'];
      const asked: string[][] = [];
      const answers = await a.getOrSetMany(namespace, parts, (positions) => {
        asked.push(positions.map((position) => parts[position] as string));
        return Promise.resolve(positions.map((position) => film(parts[position] as string)));
      });
      expect(asked).toEqual([['1', '3']]);
      expect(values(answers)).toEqual(parts.map(film));
    });

    it('joins what other batches are loading', async () => {
      const namespace = films();
      const asked: string[] = [];
      const batch = (parts: readonly string[]) =>
        a.getOrSetMany(namespace, parts, async (positions) => {
          for (const position of positions) asked.push(parts[position] as string);
          await upstreamTakes(30);
          return positions.map((position) => film(parts[position] as string));
        });
      const answers = await Promise.all([batch(['1', '2']), batch(['2', '3']), batch(['3', '1', '4'])]);
      expect(answers.map(values)).toEqual(
        [
          ['1', '2'],
          ['2', '3'],
          ['3', '1', '4'],
        ].map((parts) => parts.map(film)),
      );
      expect(asked.toSorted()).toEqual(['1', '2', '3', '4']);
    });
  });

  describe('freshness', () => {
    const expireFreshLife = (namespace: { name: string }, part: string) =>
      server.redis.pexpire(keyOf(namespace, part), 50_000);

    it('serves a stale value at once and refreshes it behind', async () => {
      const namespace = films({ staleSeconds: 60 });
      await a.set(namespace, '1', { title: 'old' });
      await expireFreshLife(namespace, '1');
      const answer = await a.getOrSet(namespace, '1', () => Promise.resolve({ title: 'new' }));
      expect(answer).toMatchObject({ value: { title: 'old' }, outcome: 'stale' });
      expect(answer.ttlMs).toBeLessThan(0);
      await until(
        'it is refreshed',
        async () => (await server.redis.get(keyOf(namespace, '1'))) === '{"title":"new"}',
      );
      expect(await server.redis.pttl(keyOf(namespace, '1'))).toBeGreaterThan(100_000);
    });

    it('serves the stale value while the upstream fails, asks it ever less, and recovers', async () => {
      const namespace = films({ staleSeconds: 60 });
      await a.set(namespace, '1', { title: 'old' });
      await expireFreshLife(namespace, '1');
      let loads = 0;
      const load = (): Promise<Film> => {
        loads++;
        return Promise.reject(new Error('down'));
      };
      for (let call = 0; call < 50; call++) {
        expect(await a.getOrSet(namespace, '1', load)).toMatchObject({
          value: { title: 'old' },
          outcome: 'stale',
        });
      }
      expect(loads).toBe(1);
      await b.getOrSet(namespace, '1', () => Promise.resolve({ title: 'new' }));
      await until('it is back', async () => (await b.get(namespace, '1'))?.title === 'new');
    });

    it('refreshes early, the likelier the nearer the end (XFetch)', async () => {
      const namespace = films({ earlyRefreshBeta: 1000 });
      await a.getOrSet(namespace, 'first', async () => {
        await upstreamTakes(20);
        return { title: 'x' };
      });
      await a.set(namespace, '1', { title: 'old' });
      await server.redis.pexpire(keyOf(namespace, '1'), 500);
      expect(await a.getOrSet(namespace, '1', () => Promise.resolve({ title: 'new' }))).toMatchObject({
        outcome: 'redis_hit',
      });
      await until(
        'it is refreshed',
        async () => (await server.redis.get(keyOf(namespace, '1'))) === '{"title":"new"}',
      );
    });
  });

  describe('an upstream with ETags', () => {
    it('is asked whether the stale value still holds, and a 304 makes it fresh again', async () => {
      const namespace = films({ staleSeconds: 60 });
      const heat = { title: 'Heat' };
      await a.getOrSet(namespace, '1', () => Promise.resolve(new Tagged(heat, '"v1"')));
      await server.redis.pexpire(keyOf(namespace, '1'), 50_000);
      const asked: unknown[] = [];
      await a.getOrSet(namespace, '1', (previous) => {
        asked.push(previous);
        return Promise.resolve(notModified);
      });
      await until(
        'it is fresh again',
        async () => (await server.redis.pttl(keyOf(namespace, '1'))) > 100_000,
      );
      expect(asked).toEqual([{ value: heat, etag: '"v1"' }]);
      expect(await b.get(namespace, '1')).toEqual(heat);
    });
  });

  describe('the local tier', () => {
    const local = () => films({ localTtlSeconds: 60 });

    it('answers without Redis what was read before', async () => {
      const namespace = local();
      await a.set(namespace, '1', { title: 'Heat' });
      await until(
        'a copy is kept',
        async () =>
          outcomes([await b.getOrSet(namespace, '1', () => Promise.reject(new Error('no')))])[0] ===
          'local_hit',
      );
    });

    it('drops its copy within 100 ms of a change anywhere, by any program', async () => {
      const namespace = local();
      const changes = [
        () => a.set(namespace, '1', { title: 'new' }),
        () => server.redis.set(keyOf(namespace, '1'), '{"title":"new"}'),
      ];
      for (const change of changes) {
        await a.set(namespace, '1', { title: 'old' });
        await until(
          'B has a copy',
          async () =>
            (await b.get(namespace, '1'))?.title === 'old' &&
            (await b.getOrSet(namespace, '1', () => Promise.reject(new Error('no')))).outcome === 'local_hit',
        );
        await change();
        await until('B serves the new one', async () => (await b.get(namespace, '1'))?.title === 'new', 100);
      }
    });

    it('never uses a copy beyond its TTL while its invalidations are cut', async () => {
      const proxy = await TcpProxy.start(server.port);
      const client = await connectClient({ REDIS_URL: `redis://127.0.0.1:${proxy.port}` });
      const { cache } = createCache(client);
      await until('it listens', () => client.isTracking);
      const namespace = films({ localTtlSeconds: 1 });
      await a.set(namespace, '1', { title: 'old' });
      await until(
        'it has a copy',
        async () =>
          (await cache.getOrSet(namespace, '1', () => Promise.reject(new Error('no')))).outcome ===
          'local_hit',
      );
      proxy.swallow(true);
      await a.set(namespace, '1', { title: 'new' });
      const cutMs = performance.now();
      const served: string[] = [];
      while (performance.now() - cutMs < 1500) {
        const title = (await cache.get(namespace, '1'))?.title ?? 'none';
        if (performance.now() - cutMs > 1000) served.push(title);
      }
      expect(served).not.toEqual([]);
      expect(served).not.toContain('old');
      proxy.swallow(false);
      await until('it serves the new one', async () => (await cache.get(namespace, '1'))?.title === 'new');
      client.close();
      await proxy.stop();
    });

    it('is bounded in bytes', async () => {
      const namespace = films({ localTtlSeconds: 60, localBytes: 10_000 });
      const parts = Array.from({ length: 100 }, (_, index) => `${index}`);
      await a.setMany(
        namespace,
        parts.map((part) => [part, { title: 'x'.repeat(500) }] as const),
      );
      await b.getMany(namespace, parts);
      const tier = b.stats().local[namespace.name];
      expect(tier?.bytes).toBeLessThanOrEqual(10_000);
      expect(tier?.entries).toBeLessThan(20);
    });
  });

  it('serves a value that is too large, stores it nowhere, and counts it', async () => {
    const { cache, registry } = createCache(clients[0] as RedisClient, { CACHE_MAX_VALUE_BYTES: '1024' });
    const namespace = films({ localTtlSeconds: 60 });
    let loads = 0;
    const load = (title: string) => () => Promise.resolve({ title: title.repeat(++loads > 0 ? 1 : 0) });
    const large = 'x'.repeat(2_000);
    for (const expectedLoads of [1, 2]) {
      const answer = await cache.getOrSet(namespace, 'large', load(large));
      expect([answer.value, answer.stored, loads]).toEqual([{ title: large }, false, expectedLoads]);
    }
    expect(await cache.set(namespace, 'large', { title: large })).toBe(false);
    // A batch stores what fits.
    const batch = await cache.getOrSetMany(namespace, ['large', 'small'], (positions) =>
      Promise.resolve(positions.map((position) => ({ title: position === 0 ? large : 'Heat' }))),
    );
    expect(batch.map(({ stored }) => stored)).toEqual([false, true]);
    expect(await cache.get(namespace, 'small')).toEqual({ title: 'Heat' });
    expect(await cache.exists(namespace, 'large')).toBe(false);
    expect(await registry.getSingleMetricAsString('marquee_cache_oversized_values_total')).toContain(
      `{namespace="${namespace.name}"} 4`,
    );
  });

  describe('purges', () => {
    const run = async (pattern: string, dryRun = false, signal = new AbortController().signal) => {
      let last = { matched: 0, deleted: 0 };
      const purge = new CachePurgeService(new CacheRepository(clients[0] as RedisClient));
      for await (const progress of purge.deletePattern(pattern, { dryRun, signal })) last = progress;
      return last;
    };

    it('deletes by pattern what is cached, and nothing else', async () => {
      await server.redis.mset({
        'prod:emb:m:1': 'x',
        'prod:emb:m:2': 'x',
        'prod:session:1:metadata': 'x',
        'staging:emb:m:1': 'x',
      });
      expect(await run('emb:*', true)).toEqual({ matched: 2, deleted: 0 });
      expect(await run('emb:*')).toEqual({ matched: 2, deleted: 2 });
      expect((await server.redis.keys('*')).toSorted()).toEqual([
        'prod:session:1:metadata',
        'staging:emb:m:1',
      ]);
    });

    it.each(['*', 'session:*', 'e*', 'prod:*', 'trending:current', ''])(
      'refuses the pattern "%s"',
      async (pattern) => {
        await expect(run(pattern)).rejects.toThrow(RangeError);
      },
    );

    it('takes an escaped star for a star', async () => {
      await server.redis.mset({ 'prod:cache:a*:1': 'x', 'prod:cache:ab:1': 'x' });
      expect(await run(String.raw`cache:a\*:1`)).toEqual({ matched: 1, deleted: 1 });
    });

    it('walks all of a large keyspace, and can be canceled', async () => {
      await server.redis.call('DEBUG', 'POPULATE', '20000', 'prod:cache:big');
      const cancel = new AbortController();
      cancel.abort(new Error('enough'));
      await expect(run('cache:big:*', false, cancel.signal)).rejects.toThrow('enough');
      expect(await run('cache:big:*')).toEqual({ matched: 20_000, deleted: 20_000 });
    });

    it('forgets a whole generic namespace at once, in every process', async () => {
      const namespace = films({ localTtlSeconds: 60 });
      await a.set(namespace, '1', { title: 'old' });
      expect(await b.get(namespace, '1')).toEqual({ title: 'old' });
      expect(await a.purge(namespace)).toBe(true);
      expect(await a.get(namespace, '1')).toBeNull();
      await until('B has forgotten it', async () => (await b.get(namespace, '1')) === null, 1000);
    });
  });

  describe('decorators', () => {
    const namespace = films();
    let loads = 0;

    @Injectable()
    class FilmService {
      @Cached(namespace, (id: number) => String(id))
      async find(id: number): Promise<Film> {
        loads++;
        return Promise.resolve({ title: `film ${id}` });
      }

      @CacheEvict(namespace, (id: number) => String(id))
      async change(id: number): Promise<string> {
        return Promise.resolve(`changed ${id}`);
      }
    }

    it('cache, coalesce and evict', async () => {
      @Module({ providers: [FilmService, { provide: CacheService, useValue: a }] })
      class FilmModule {}
      const module = await Test.createTestingModule({ imports: [FilmModule] }).compile();
      const service = module.get(FilmService);
      expect(await Promise.all([service.find(1), service.find(1)])).toEqual([
        { title: 'film 1' },
        { title: 'film 1' },
      ]);
      await service.find(1);
      expect(loads).toBe(1);
      expect(await service.change(1)).toBe('changed 1');
      await service.find(1);
      expect(loads).toBe(2);
    });
  });

  it('counts outcomes and what they saved', async () => {
    const namespace = films();
    const load = (): Promise<Film> => Promise.resolve({ title: 'x' });
    await a.getOrSet(namespace, '1', load);
    await a.getOrSet(namespace, '1', load);
    expect(a.stats().namespaces[namespace.name]).toMatchObject({
      outcomes: { miss: 1, redis_hit: 1 },
      hitRate: 0.5,
      saved: { items: 1 },
    });
  });

  it('says where a key is and what stored it', async () => {
    const namespace = films();
    await a.getOrSet(namespace, '1', () => Promise.resolve({ title: 'x' }));
    expect(await a.inspect(keyOf(namespace, '1'))).toMatchObject({
      tier: 'redis',
      bytes: 13,
      stored: { cause: 'miss' },
    });
    expect(await b.inspect(keyOf(namespace, '2'))).toMatchObject({
      tier: 'none',
      ttlSeconds: null,
      stored: null,
    });
  });
});

describe('without Redis', () => {
  const stops: (() => Promise<unknown> | void)[] = [];
  afterEach(async () => {
    for (const stop of stops.splice(0)) await stop();
  });

  it('reads are misses, writes say false, loads still come once, and are kept here', async () => {
    const server = await TestRedisServer.start();
    const client = await connectClient({ REDIS_URL: server.url });
    stops.push(
      () => client.close(),
      () => server.stop(),
    );
    const { cache } = createCache(client);
    await server.kill();
    await until('Redis is away', () => client.status.breaker !== 'closed');
    const namespace = films({ localTtlSeconds: 60 });
    expect(await cache.get(namespace, '1')).toBeNull();
    expect(await cache.set(films(), '1', { title: 'x' })).toBe(false);
    expect(await cache.delete(namespace, '1')).toBe(false);
    expect(await cache.exists(namespace, '1')).toBe(false);
    let loads = 0;
    const load = (): Promise<Film> => Promise.resolve({ title: `${++loads}` });
    const answers = await Promise.all([1, 2, 3].map(() => cache.getOrSet(namespace, '1', load)));
    expect(answers.map(({ redisAnswered }) => redisAnswered)).toEqual([false, false, false]);
    expect(await cache.getOrSet(namespace, '1', load)).toMatchObject({ outcome: 'local_hit' });
    expect(loads).toBe(1);
  });
});
