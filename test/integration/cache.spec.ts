import { setTimeout as upstreamTakes } from 'node:timers/promises';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from '@jest/globals';
import { Injectable, Module } from '@nestjs/common';
import { Test } from '@nestjs/testing';
import {
  Cached,
  CacheEvict,
  CacheLoadTimeoutError,
  type CacheResult,
  CacheService,
  defineNamespace,
  jsonCodec,
  notModified,
  type PlainNamespaceOptions,
  stringCodec,
  Tagged,
} from '@app/cache';
import type { RedisClient } from '@app/redis';
import { createCache, type TestCache } from '../fixtures/cache.js';
import { connectClient } from '../fixtures/redis-client.js';
import { TestRedisServer } from '../fixtures/redis-server.js';
import { TcpProxy } from '../fixtures/tcp-proxy.js';
import { until } from '../fixtures/until.js';

interface Movie {
  readonly title: string;
}

let number = 0;
/** Returns a namespace that no other test uses. */
const newNamespace = (options: Partial<PlainNamespaceOptions<Movie>> = {}) =>
  defineNamespace<Movie>({
    name: `movies-${++number}`,
    codec: jsonCodec<Movie>(),
    ttlSeconds: 60,
    jitter: 0,
    ...options,
  });

const values = (results: readonly CacheResult<unknown>[]): unknown[] => results.map(({ value }) => value);
const outcomes = (results: readonly CacheResult<unknown>[]): string[] => [
  ...new Set(results.map(({ outcome }) => outcome)),
];

describe('CacheService', () => {
  let server: TestRedisServer;
  let clients: RedisClient[];
  /** The caches of two processes on one Redis. */
  let a: CacheService;
  let b: CacheService;
  let processes: TestCache[];

  beforeAll(async () => {
    server = await TestRedisServer.start();
    // The tests are about who loads, not how fast: a timeout on a busy machine must not skip a lock.
    const variables = { REDIS_URL: server.url, REDIS_BUDGET_MS: '2000' };
    clients = await Promise.all([1, 2].map(() => connectClient(variables)));
    processes = clients.map((client) => createCache(client));
    [a, b] = processes.map(({ cache }) => cache) as [CacheService, CacheService];
    await until('both processes receive invalidations', () => clients.every((client) => client.isTracking));
  });
  afterAll(async () => {
    for (const client of clients) client.close();
    await server.stop();
  });
  beforeEach(() => server.redis.flushall());

  const keyOf = (namespace: { name: string }, part: string): string => `prod:cache:${namespace.name}:${part}`;

  describe('plain reads and writes', () => {
    const counters = defineNamespace({ name: 'counters', codec: stringCodec, ttlSeconds: 60, jitter: 0 });

    it('stores JSON as JSON under the generic key, with a TTL', async () => {
      const namespace = newNamespace();
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

    it("returns many values in the caller's order, and null for those that are missing", async () => {
      const namespace = newNamespace();
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

    it('deletes many values, and returns how many there were', async () => {
      const namespace = newNamespace({ localTtlSeconds: 60 });
      await a.setMany(namespace, [
        ['1', { title: 'Heat' }],
        ['3', { title: 'Ronin' }],
      ]);
      expect(await a.deleteMany(namespace, ['1', '2', '3'])).toBe(2);
      expect(await a.getMany(namespace, ['1', '2', '3'])).toEqual([null, null, null]);
    });

    it('stores the last of several values for the same key', async () => {
      const namespace = newNamespace();
      const stored = await a.setMany(namespace, [
        ['1', { title: 'first' }],
        ['1', { title: 'last' }],
      ]);
      expect(stored).toBe(true);
      expect(await b.get(namespace, '1')).toEqual({ title: 'last' });
    });

    it('returns a raw string unchanged', async () => {
      await a.set(counters, 'raw', '007');
      expect(await b.get(counters, 'raw')).toBe('007');
    });

    it('gives every counter a TTL', async () => {
      expect(await Promise.all([1, 2, 3].map(() => a.increment(counters, 'c', 2)))).toEqual([2, 4, 6]);
      expect(await a.ttl(counters, 'c')).toBeGreaterThan(59);
    });

    it('replaces a key of another type when it is loaded or incremented', async () => {
      const namespace = newNamespace();
      await server.redis.lpush(keyOf(namespace, '9'), 'by another program');
      expect(await a.get(namespace, '9')).toBeNull();
      const result = await a.getOrLoadOne(namespace, '9', () => Promise.resolve({ title: 'x' }));
      expect(result).toMatchObject({ outcome: 'miss', redisAnswered: true, stored: true });
      expect(await server.redis.type(keyOf(namespace, '9'))).toBe('string');
      await server.redis.hset(keyOf(counters, 'd'), 'of', 'another program');
      expect(await a.increment(counters, 'd', 2)).toBe(2);
      expect(await a.ttl(counters, 'd')).toBeGreaterThan(59);
    });

    it.each([0, -1, Number.NaN, Infinity])('rejects a TTL of %p with a RangeError', async (ttlSeconds) => {
      expect(() => newNamespace({ ttlSeconds })).toThrow(RangeError);
      await expect(a.expire(newNamespace(), 'x', ttlSeconds)).rejects.toThrow(RangeError);
    });

    it("stores a value for the caller's TTL", async () => {
      const namespace = newNamespace();
      await a.set(namespace, '1', { title: 'x' }, { ttlSeconds: 'long' });
      expect(await a.ttl(namespace, '1')).toBeGreaterThan(3599);
      await a.set(namespace, '1', { title: 'x' }, { ttlSeconds: 120 });
      expect(await a.ttl(namespace, '1')).toBeLessThanOrEqual(120);
      await expect(a.set(namespace, '1', { title: 'x' }, { ttlSeconds: 0 })).rejects.toThrow(RangeError);
    });

    it.each([
      [undefined, {}, 300],
      ['long', {}, 3600],
      [undefined, { CACHE_TTL_SECONDS: '77' }, 77],
      ['long', { CACHE_TTL_LONG_SECONDS: '7777' }, 7777],
    ] as const)(
      'uses the configured TTL (%p, %p) where a namespace names none',
      async (ttl, variables, seconds) => {
        const { cache } = createCache(clients[0] as RedisClient, variables);
        const namespace = newNamespace({ ttlSeconds: ttl });
        await cache.set(namespace, 'set', { title: 'x' });
        await cache.getOrLoadOne(namespace, 'loaded', () => Promise.resolve({ title: 'x' }));
        for (const key of ['set', 'loaded']) {
          expect(Math.abs((await server.redis.ttl(keyOf(namespace, key))) - seconds)).toBeLessThanOrEqual(2);
        }
      },
    );

    it('shortens TTLs at random and never extends them', async () => {
      const namespace = newNamespace({ jitter: 0.5, ttlSeconds: 1000 });
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

  describe('getOrLoadOne', () => {
    it('loads once for a thousand callers in each of two processes', async () => {
      const namespace = newNamespace();
      let loads = 0;
      const load = async (): Promise<Movie> => {
        loads++;
        await upstreamTakes(50);
        return { title: 'Heat' };
      };
      const callers = [a, b].flatMap((cache) =>
        Array.from({ length: 1000 }, () => cache.getOrLoadOne(namespace, '1', load)),
      );
      const results = await Promise.all(callers);
      expect(loads).toBe(1);
      expect(new Set(values(results).map((value) => JSON.stringify(value)))).toEqual(
        new Set(['{"title":"Heat"}']),
      );
      expect(results.filter(({ outcome }) => outcome === 'miss')).toHaveLength(1);
    });

    it('takes over when the leader dies and its lock expires', async () => {
      const doomed = await connectClient({ REDIS_URL: server.url });
      const leader = createCache(doomed).cache;
      const namespace = newNamespace({ loadTimeoutMs: 3000 });
      leader.getOrLoadOne(namespace, '1', () => new Promise<never>(() => undefined)).catch(() => undefined);
      await until(
        'the leader holds the lock',
        async () => (await server.redis.keys('prod:lock:*')).length === 1,
      );
      doomed.close();
      const startedMs = performance.now();
      const result = await b.getOrLoadOne(namespace, '1', () => Promise.resolve({ title: 'Heat' }));
      expect(result).toMatchObject({ value: { title: 'Heat' }, outcome: 'miss' });
      expect(performance.now() - startedMs).toBeLessThan(4000);
    });

    it('rejects only the callers that waited for a failed load', async () => {
      const namespace = newNamespace();
      const failing = Promise.allSettled(
        [1, 2].map(() => a.getOrLoadOne(namespace, '1', () => Promise.reject(new Error('down')))),
      );
      expect((await failing).map(({ status }) => status)).toEqual(['rejected', 'rejected']);
      expect(await a.getOrLoadOne(namespace, '1', () => Promise.resolve({ title: 'Heat' }))).toMatchObject({
        outcome: 'miss',
      });
    });

    it('caches the absence of a value for a short time', async () => {
      const namespace = newNamespace({ negativeTtlSeconds: 30 });
      let loads = 0;
      const load = (): Promise<undefined> => Promise.resolve(void loads++);
      expect(await a.getOrLoadOne(namespace, '1', load)).toMatchObject({ value: undefined, outcome: 'miss' });
      expect(await b.getOrLoadOne(namespace, '1', load)).toMatchObject({
        value: undefined,
        outcome: 'negative',
      });
      expect(loads).toBe(1);
      expect(await server.redis.ttl(keyOf(namespace, '1'))).toBeLessThanOrEqual(30);
    });

    it('does not cache the absence of a value by default', async () => {
      const namespace = newNamespace();
      await a.getOrLoadOne(namespace, '1', () => Promise.resolve(undefined));
      expect(await server.redis.exists(keyOf(namespace, '1'))).toBe(0);
    });

    it('rejects after the load timeout, and stores the value when the load finishes', async () => {
      const namespace = newNamespace({ loadTimeoutMs: 50 });
      let finish: ((movie: Movie) => void) | undefined;
      const slow = a.getOrLoadOne(namespace, '1', () => new Promise<Movie>((resolve) => (finish = resolve)));
      await expect(slow).rejects.toThrow(CacheLoadTimeoutError);
      finish?.({ title: 'Heat' });
      await until('the value is stored', async () => (await b.get(namespace, '1')) !== null);
    });

    it('loads a fresh value when asked to refresh', async () => {
      const namespace = newNamespace();
      await a.set(namespace, '1', { title: 'old' });
      const result = await a.getOrLoadOne(namespace, '1', () => Promise.resolve({ title: 'new' }), {
        refresh: true,
      });
      expect(result).toMatchObject({ value: { title: 'new' }, outcome: 'bypass', stored: true });
      expect(await b.get(namespace, '1')).toEqual({ title: 'new' });
    });

    it('replaces a broken value', async () => {
      const namespace = newNamespace();
      await server.redis.set(keyOf(namespace, '1'), '{"tit');
      expect(await a.getOrLoadOne(namespace, '1', () => Promise.resolve({ title: 'Heat' }))).toMatchObject({
        outcome: 'miss',
      });
      expect(await server.redis.get(keyOf(namespace, '1'))).toBe('{"title":"Heat"}');
    });
  });

  describe('getOrLoad', () => {
    const movie = (title: string): Movie => ({ title });

    it('loads each missing value once, and returns results in order', async () => {
      const namespace = newNamespace();
      await a.set(namespace, '2', movie('2'));
      const inputs = ['1', '2', '3', '1'];
      const loaded: string[][] = [];
      const results = await a.getOrLoad(namespace, inputs, (missing) => {
        loaded.push(missing.map(({ input }) => input));
        return Promise.resolve(missing.map(({ input }) => movie(input)));
      });
      expect(loaded).toEqual([['1', '3']]);
      expect(values(results)).toEqual(inputs.map(movie));
    });

    it('waits for values that other batches are loading', async () => {
      const namespace = newNamespace();
      const loaded: string[] = [];
      const batch = (inputs: readonly string[]) =>
        a.getOrLoad(namespace, inputs, async (missing) => {
          for (const { input } of missing) loaded.push(input);
          await upstreamTakes(30);
          return missing.map(({ input }) => movie(input));
        });
      const results = await Promise.all([batch(['1', '2']), batch(['2', '3']), batch(['3', '1', '4'])]);
      expect(results.map(values)).toEqual(
        [
          ['1', '2'],
          ['2', '3'],
          ['3', '1', '4'],
        ].map((inputs) => inputs.map(movie)),
      );
      expect(loaded.toSorted()).toEqual(['1', '2', '3', '4']);
    });
  });

  describe('freshness', () => {
    const expireFreshLife = (namespace: { name: string }, part: string) =>
      server.redis.pexpire(keyOf(namespace, part), 50_000);

    it('serves a stale value at once and refreshes it in the background', async () => {
      const namespace = newNamespace({ staleSeconds: 60 });
      await a.set(namespace, '1', { title: 'old' });
      await expireFreshLife(namespace, '1');
      const result = await a.getOrLoadOne(namespace, '1', () => Promise.resolve({ title: 'new' }));
      expect(result).toMatchObject({ value: { title: 'old' }, outcome: 'stale' });
      expect(result.ttlMs).toBeLessThan(0);
      await until(
        'the value is refreshed',
        async () => (await server.redis.get(keyOf(namespace, '1'))) === '{"title":"new"}',
      );
      expect(await server.redis.pttl(keyOf(namespace, '1'))).toBeGreaterThan(100_000);
    });

    it('serves the stale value while the upstream fails, pauses between attempts, and recovers', async () => {
      const namespace = newNamespace({ staleSeconds: 60 });
      await a.set(namespace, '1', { title: 'old' });
      await expireFreshLife(namespace, '1');
      let loads = 0;
      const load = (): Promise<Movie> => {
        loads++;
        return Promise.reject(new Error('down'));
      };
      for (let call = 0; call < 50; call++) {
        expect(await a.getOrLoadOne(namespace, '1', load)).toMatchObject({
          value: { title: 'old' },
          outcome: 'stale',
        });
      }
      expect(loads).toBe(1);
      await b.getOrLoadOne(namespace, '1', () => Promise.resolve({ title: 'new' }));
      await until('the value is refreshed', async () => (await b.get(namespace, '1'))?.title === 'new');
    });

    it('may refresh a value before its TTL ends (XFetch)', async () => {
      const namespace = newNamespace({ earlyRefreshBeta: 1000 });
      await a.getOrLoadOne(namespace, 'first', async () => {
        await upstreamTakes(20);
        return { title: 'x' };
      });
      await a.set(namespace, '1', { title: 'old' });
      await server.redis.pexpire(keyOf(namespace, '1'), 500);
      expect(await a.getOrLoadOne(namespace, '1', () => Promise.resolve({ title: 'new' }))).toMatchObject({
        outcome: 'redis_hit',
      });
      await until(
        'the value is refreshed',
        async () => (await server.redis.get(keyOf(namespace, '1'))) === '{"title":"new"}',
      );
    });

    it('refreshes values that were stored together at different times, and keeps their TTL exact', async () => {
      const namespace = newNamespace({ ttlSeconds: 1000, refreshJitter: 0.5 });
      const inputs = Array.from({ length: 60 }, (_, index) => `${index}`);
      await a.setMany(
        namespace,
        inputs.map((input) => [input, { title: 'old' }] as const),
      );
      expect(await server.redis.pttl(keyOf(namespace, '0'))).toBeGreaterThan(990_000);
      for (const input of inputs) await server.redis.pexpire(keyOf(namespace, input), 250_000);
      const load = () => Promise.resolve({ title: 'new' });
      for (const input of inputs) {
        expect(await a.getOrLoadOne(namespace, input, load)).toMatchObject({ outcome: 'redis_hit' });
      }
      const refreshed = async (): Promise<number> =>
        (await b.getMany(namespace, inputs)).filter((value) => value?.title === 'new').length;
      // A quarter of the TTL is left, so about half of the keys are due.
      await until('some values are refreshed', async () => (await refreshed()) > 10);
      expect(await refreshed()).toBeLessThan(50);
    });
  });

  describe('an upstream with ETags', () => {
    it('can revalidate a stale value, and a 304 makes it fresh again', async () => {
      const namespace = newNamespace({ staleSeconds: 60 });
      const heat = { title: 'Heat' };
      await a.getOrLoadOne(namespace, '1', () => Promise.resolve(new Tagged(heat, '"v1"')));
      await server.redis.pexpire(keyOf(namespace, '1'), 50_000);
      const revalidated: unknown[] = [];
      await a.getOrLoadOne(namespace, '1', ({ previous }) => {
        revalidated.push(previous);
        return Promise.resolve(notModified);
      });
      await until(
        'the value is fresh again',
        async () => (await server.redis.pttl(keyOf(namespace, '1'))) > 100_000,
      );
      expect(revalidated).toEqual([{ value: heat, etag: '"v1"' }]);
      expect(await b.get(namespace, '1')).toEqual(heat);
    });
  });

  describe('the local tier', () => {
    const local = () => newNamespace({ localTtlSeconds: 60 });

    it('returns a value that was read before without asking Redis', async () => {
      const namespace = local();
      await a.set(namespace, '1', { title: 'Heat' });
      await until(
        'b has a copy',
        async () =>
          outcomes([await b.getOrLoadOne(namespace, '1', () => Promise.reject(new Error('no')))])[0] ===
          'local_hit',
      );
    });

    it('evicts a copy within 100 ms of a change by any process or program', async () => {
      const namespace = local();
      const changes = [
        () => a.set(namespace, '1', { title: 'new' }),
        () => server.redis.set(keyOf(namespace, '1'), '{"title":"new"}'),
      ];
      for (const change of changes) {
        await a.set(namespace, '1', { title: 'old' });
        await until(
          'b has a copy',
          async () =>
            (await b.get(namespace, '1'))?.title === 'old' &&
            (await b.getOrLoadOne(namespace, '1', () => Promise.reject(new Error('no')))).outcome ===
              'local_hit',
        );
        await change();
        await until(
          'b serves the new value',
          async () => (await b.get(namespace, '1'))?.title === 'new',
          100,
        );
      }
    });

    it('never uses a copy longer than its TTL while it receives no invalidations', async () => {
      const proxy = await TcpProxy.start(server.port);
      const client = await connectClient({ REDIS_URL: `redis://127.0.0.1:${proxy.port}` });
      const { cache } = createCache(client);
      await until('the process receives invalidations', () => client.isTracking);
      const namespace = newNamespace({ localTtlSeconds: 1 });
      await a.set(namespace, '1', { title: 'old' });
      await until(
        'the process has a copy',
        async () =>
          (await cache.getOrLoadOne(namespace, '1', () => Promise.reject(new Error('no')))).outcome ===
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
      await until(
        'the process serves the new value',
        async () => (await cache.get(namespace, '1'))?.title === 'new',
      );
      client.close();
      await proxy.stop();
    });

    it('has a maximum size', async () => {
      const namespace = newNamespace({ localTtlSeconds: 60, localBytes: 10_000 });
      const parts = Array.from({ length: 100 }, (_, index) => `${index}`);
      await a.setMany(
        namespace,
        parts.map((part) => [part, { title: 'x'.repeat(500) }] as const),
      );
      await b.getMany(namespace, parts);
      const tier = processes[1]?.inspector.stats().local[namespace.name];
      expect(tier?.bytes).toBeLessThanOrEqual(10_000);
      expect(tier?.entries).toBeLessThan(20);
    });
  });

  it('serves a value that is too large to store, and counts it', async () => {
    const { cache, registry } = createCache(clients[0] as RedisClient, { CACHE_MAX_VALUE_BYTES: '1024' });
    const namespace = newNamespace({ localTtlSeconds: 60 });
    let loads = 0;
    const load = (title: string) => () => Promise.resolve({ title: title.repeat(++loads > 0 ? 1 : 0) });
    const large = 'x'.repeat(2_000);
    for (const expectedLoads of [1, 2]) {
      const result = await cache.getOrLoadOne(namespace, 'large', load(large));
      expect([result.value, result.stored, loads]).toEqual([{ title: large }, false, expectedLoads]);
    }
    expect(await cache.set(namespace, 'large', { title: large })).toBe(false);
    // A batch stores what fits.
    const batch = await cache.getOrLoad(namespace, ['large', 'small'], (missing) =>
      Promise.resolve(missing.map(({ input }) => ({ title: input === 'large' ? large : 'Heat' }))),
    );
    expect(batch.map(({ stored }) => stored)).toEqual([false, true]);
    expect(await cache.get(namespace, 'small')).toEqual({ title: 'Heat' });
    expect(await cache.exists(namespace, 'large')).toBe(false);
    expect(await registry.getSingleMetricAsString('marquee_cache_oversized_values_total')).toContain(
      `{namespace="${namespace.name}"} 4`,
    );
  });

  describe('deletePattern', () => {
    // Registers the first part of its keys, as the embeddings do.
    defineNamespace({ name: 'vectors', prefix: 'emb', codec: stringCodec });
    const run = async (pattern: string, dryRun = false, signal = new AbortController().signal) => {
      let last = { matched: 0, deleted: 0 };
      for await (const progress of a.deletePattern(pattern, { dryRun, signal })) last = progress;
      return last;
    };

    it('deletes matching cached values only', async () => {
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

    it('matches an escaped star literally', async () => {
      await server.redis.mset({ 'prod:cache:a*:1': 'x', 'prod:cache:ab:1': 'x' });
      expect(await run(String.raw`cache:a\*:1`)).toEqual({ matched: 1, deleted: 1 });
    });

    it('deletes all of a large namespace, and can be aborted', async () => {
      await server.redis.call('DEBUG', 'POPULATE', '20000', 'prod:cache:big');
      const cancel = new AbortController();
      cancel.abort(new Error('enough'));
      await expect(run('cache:big:*', false, cancel.signal)).rejects.toThrow('enough');
      expect(await run('cache:big:*')).toEqual({ matched: 20_000, deleted: 20_000 });
    });
  });

  describe('decorators', () => {
    const namespace = newNamespace();
    let loads = 0;

    @Injectable()
    class MovieService {
      @Cached(namespace, (id: number) => String(id))
      async find(id: number): Promise<Movie> {
        loads++;
        return Promise.resolve({ title: `movie ${id}` });
      }

      @CacheEvict(namespace, (id: number) => String(id))
      async change(id: number): Promise<string> {
        return Promise.resolve(`changed ${id}`);
      }
    }

    it('cache a method, coalesce its calls, and evict its value', async () => {
      @Module({ providers: [MovieService, { provide: CacheService, useValue: a }] })
      class MovieModule {}
      const module = await Test.createTestingModule({ imports: [MovieModule] }).compile();
      const service = module.get(MovieService);
      expect(await Promise.all([service.find(1), service.find(1)])).toEqual([
        { title: 'movie 1' },
        { title: 'movie 1' },
      ]);
      await service.find(1);
      expect(loads).toBe(1);
      expect(await service.change(1)).toBe('changed 1');
      await service.find(1);
      expect(loads).toBe(2);
    });
  });

  it('counts outcomes and savings', async () => {
    const namespace = newNamespace();
    const load = (): Promise<Movie> => Promise.resolve({ title: 'x' });
    await a.getOrLoadOne(namespace, '1', load);
    await a.getOrLoadOne(namespace, '1', load);
    expect(processes[0]?.inspector.stats().namespaces[namespace.name]).toMatchObject({
      outcomes: { miss: 1, redis_hit: 1 },
      hitRate: 0.5,
      saved: { items: 1 },
    });
  });

  it('shows where a key is cached and what stored it', async () => {
    const namespace = newNamespace();
    await a.getOrLoadOne(namespace, '1', () => Promise.resolve({ title: 'x' }));
    expect(await processes[0]?.inspector.inspect(keyOf(namespace, '1'))).toMatchObject({
      tier: 'redis',
      bytes: 13,
      stored: { cause: 'miss' },
    });
    expect(await processes[1]?.inspector.inspect(keyOf(namespace, '2'))).toMatchObject({
      tier: 'none',
      ttlSeconds: null,
      stored: null,
    });
  });
});

describe('CacheService without Redis', () => {
  const stops: (() => Promise<unknown> | void)[] = [];
  afterEach(async () => {
    for (const stop of stops.splice(0)) await stop();
  });

  it('returns null from reads and false from writes, loads once, and stores values locally', async () => {
    const server = await TestRedisServer.start();
    const client = await connectClient({ REDIS_URL: server.url });
    stops.push(
      () => client.close(),
      () => server.stop(),
    );
    const { cache } = createCache(client);
    await server.kill();
    await until('Redis is down', () => client.status.breaker !== 'closed');
    const namespace = newNamespace({ localTtlSeconds: 60 });
    expect(await cache.get(namespace, '1')).toBeNull();
    expect(await cache.set(newNamespace(), '1', { title: 'x' })).toBe(false);
    expect(await cache.delete(namespace, '1')).toBe(false);
    expect(await cache.exists(namespace, '1')).toBe(false);
    let loads = 0;
    const load = (): Promise<Movie> => Promise.resolve({ title: `${++loads}` });
    const results = await Promise.all([1, 2, 3].map(() => cache.getOrLoadOne(namespace, '1', load)));
    expect(results.map(({ redisAnswered }) => redisAnswered)).toEqual([false, false, false]);
    expect(await cache.getOrLoadOne(namespace, '1', load)).toMatchObject({ outcome: 'local_hit' });
    expect(loads).toBe(1);
  });
});
