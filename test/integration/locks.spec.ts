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

  it('admits one holder at a time', async () => {
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

  it('reports that the lock is held, and its remaining TTL', async () => {
    await sut.withLock('one', async () => {
      const error = await sut.withLock('one', () => Promise.resolve()).catch((caught: unknown) => caught);
      expect(error).toBeInstanceOf(LockHeldError);
      expect((error as LockHeldError).retryAfterMs).toBeGreaterThan(29_000);
    });
  });

  it('releases the lock if the work fails', async () => {
    const failure = new Error('the work failed');
    await expect(sut.withLock('one', () => Promise.reject(failure))).rejects.toBe(failure);
    expect(await redis.redis.exists('prod:lock:one')).toBe(0);
  });

  it('extends the lock until the work is done', async () => {
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

  it('aborts the holder when the lock is lost', async () => {
    const work = sut.withLock(
      'one',
      async ({ signal }) => {
        await redis.redis.set('prod:lock:one', 'another');
        await until('the holder is aborted', () => signal.aborted);
      },
      { ttlMs: 200 },
    );
    await expect(work).rejects.toBeInstanceOf(LockLostError);
    expect(await redis.redis.get('prod:lock:one')).toBe('another');
  });

  it('gives the lock up before it expires, if Redis does not reply', async () => {
    const work = sut.withLock(
      'one',
      async ({ signal }) => {
        redis.freeze();
        await until('the holder is aborted', () => signal.aborted);
      },
      { ttlMs: 1000 },
    );
    const startedMs = performance.now();
    await expect(work).rejects.toBeInstanceOf(LockLostError);
    const tookMs = performance.now() - startedMs;
    await expect(sut.withLock('two', () => Promise.resolve())).rejects.toBeInstanceOf(LockUnavailableError);
    redis.thaw();
    expect(tookMs).toBeLessThan(1000);
    await until('Redis is available', async () => (await client.ping(client.newBudget())).status === 'ok');
  });

  it('stops waiting when the caller aborts', async () => {
    const caller = new AbortController();
    await sut.withLock('one', async () => {
      const waiting = sut.withLock('one', () => Promise.resolve(), { waitMs: 30_000, signal: caller.signal });
      caller.abort(new Error('enough'));
      await expect(waiting).rejects.toMatchObject({ name: 'AbortError' });
    });
  });
});
