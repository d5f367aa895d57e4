import { afterAll, beforeAll, beforeEach, describe, expect, it } from '@jest/globals';
import {
  LockHeldError,
  LockLostError,
  LocksRepository,
  LocksService,
  LockUnavailableError,
} from '@app/locks';
import type { RedisClient } from '@app/redis';
import { connectClient } from '../fixtures/redis-client.js';
import { TestRedisServer } from '../fixtures/redis-server.js';
import { until } from '../fixtures/until.js';

describe(LocksService.name, () => {
  let redis: TestRedisServer;
  let client: RedisClient;
  let sut: LocksService;

  beforeAll(async () => {
    redis = await TestRedisServer.start();
    client = await connectClient({ REDIS_URL: redis.url });
    sut = new LocksService(new LocksRepository(client));
  });
  afterAll(async () => {
    client.close();
    await redis.stop();
  });
  beforeEach(() => redis.redis.flushall());

  it('lets one in at a time, however many want to', async () => {
    let [inside, most, done] = [0, 0, 0];
    const fences: number[] = [];
    const work = async ({ fence }: { fence: number }): Promise<void> => {
      most = Math.max(most, ++inside);
      fences.push(fence);
      await client.ping(client.newBudget());
      inside--;
      done++;
    };
    await Promise.all(Array.from({ length: 20 }, () => sut.withLock('one', work, { waitMs: 30_000 })));
    expect([most, done]).toEqual([1, 20]);
    expect(fences).toEqual(Array.from({ length: 20 }, (_, index) => index + 1));
    expect(await redis.redis.exists('prod:lock:one')).toBe(0);
  });

  it('says that it is held, and for how long', async () => {
    await sut.withLock('one', async () => {
      const error = await sut.withLock('one', () => Promise.resolve()).catch((caught: unknown) => caught);
      expect(error).toBeInstanceOf(LockHeldError);
      expect((error as LockHeldError).retryAfterMs).toBeGreaterThan(29_000);
    });
  });

  it('releases it when the work fails', async () => {
    const failure = new Error('the work failed');
    await expect(sut.withLock('one', () => Promise.reject(failure))).rejects.toBe(failure);
    expect(await redis.redis.exists('prod:lock:one')).toBe(0);
  });

  it('extends it for as long as the work takes', async () => {
    let seen = 0;
    await sut.withLock(
      'one',
      () =>
        until(
          'it has outlived its TTL',
          async () => (await redis.redis.exists('prod:lock:one')) && ++seen > 80,
        ),
      { ttlMs: 200 },
    );
    expect(seen).toBeGreaterThan(80);
  });

  it('tells the holder when it was lost', async () => {
    const work = sut.withLock(
      'one',
      async ({ signal }) => {
        await redis.redis.set('prod:lock:one', 'another');
        await until('the holder is told', () => signal.aborted);
      },
      { ttlMs: 200 },
    );
    await expect(work).rejects.toBeInstanceOf(LockLostError);
    expect(await redis.redis.get('prod:lock:one')).toBe('another');
  });

  it('lets go before Redis does when Redis is silent', async () => {
    const work = sut.withLock(
      'one',
      async ({ signal }) => {
        redis.freeze();
        await until('the holder is told', () => signal.aborted);
      },
      { ttlMs: 1000 },
    );
    const startedMs = performance.now();
    await expect(work).rejects.toBeInstanceOf(LockLostError);
    const tookMs = performance.now() - startedMs;
    await expect(sut.withLock('two', () => Promise.resolve())).rejects.toBeInstanceOf(LockUnavailableError);
    redis.thaw();
    expect(tookMs).toBeLessThan(1000);
    await until('Redis is back', async () => (await client.ping(client.newBudget())).status === 'ok');
  });

  it('stops waiting when the caller does', async () => {
    const caller = new AbortController();
    await sut.withLock('one', async () => {
      const waiting = sut.withLock('one', () => Promise.resolve(), { waitMs: 30_000, signal: caller.signal });
      caller.abort(new Error('enough'));
      await expect(waiting).rejects.toMatchObject({ name: 'AbortError' });
    });
  });
});
