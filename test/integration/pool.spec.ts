import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { PoolExhaustedError, type RedisClient, RedisUnavailableError } from '@app/redis';
import { connectClient } from '../fixtures/redis-client.js';
import { TestRedisServer } from '../fixtures/redis-server.js';
import { until } from '../fixtures/until.js';

describe('the pool', () => {
  let server: TestRedisServer;
  let client: RedisClient;

  beforeAll(async () => {
    server = await TestRedisServer.start();
    // One shared, two bulk and three leases.
    client = await connectClient({ REDIS_URL: server.url, REDIS_POOL_SIZE: '6' });
  });
  afterAll(async () => {
    client.close();
    await server.stop();
  });

  const sockets = async (): Promise<string[]> => {
    const list = String(await server.redis.client('LIST'));
    return [...list.matchAll(/name=(marquee-\S+)/g)].map(([, name]) => name as string).toSorted();
  };
  const occupy = () => {
    let free = (): void => undefined;
    const held = client.lease({ waitMs: 1000 }, () => new Promise<void>((resolve) => (free = resolve)));
    return { held, free: () => free() };
  };

  it('opens sockets as they are needed', async () => {
    expect(await sockets()).toEqual(['marquee-cache-shared']);
    await client.getMany(
      client.newBudget(),
      Array.from({ length: 20 }, (_, index) => `k${index}`),
    );
    expect(await sockets()).toEqual(['marquee-cache-bulk', 'marquee-cache-shared']);
    await Promise.all(
      [1, 2].map(() => client.lease({ waitMs: 1000 }, (lease) => lease.command(1000, 'PING'))),
    );
    expect(await sockets()).toEqual([
      'marquee-cache-bulk',
      'marquee-cache-lease',
      'marquee-cache-lease',
      'marquee-cache-shared',
    ]);
  });

  it('reuses idle connections for leases', async () => {
    for (let turn = 0; turn < 10; turn++) {
      const pong = await client.lease({ waitMs: 1000 }, (lease) => lease.command(1000, 'PING'));
      expect(pong).toEqual({ status: 'ok', value: Buffer.from('PONG') });
    }
    expect((await sockets()).length).toBeLessThanOrEqual(6);
  });

  it('never opens more than its size', async () => {
    const keys = Array.from({ length: 100 }, (_, index) => `k${index}`);
    const leases = Array.from({ length: 30 }, () =>
      client.lease({ waitMs: 5000 }, (lease) => lease.command(1000, 'PING')),
    );
    const bulk = Array.from({ length: 30 }, () => client.getMany(client.newBudget(), keys));
    await Promise.all([...leases, ...bulk]);
    expect((await sockets()).length).toBeLessThanOrEqual(6);
    expect(client.status.pool).toMatchObject({ size: 6, inUse: 0, waiting: 0 });
  });

  it('throws PoolExhaustedError after a bounded wait, and counts it', async () => {
    const held = [occupy(), occupy(), occupy()];
    await until('all are taken', () => client.status.pool?.inUse === 3);
    const refused = client.lease({ waitMs: 50 }, () => Promise.resolve());
    await until('one waits', () => client.status.pool?.waiting === 1);
    await expect(refused).rejects.toThrow(PoolExhaustedError);
    await expect(refused).rejects.toMatchObject({ code: 'REDIS_POOL_EXHAUSTED', leases: 3, waitedMs: 50 });
    expect(client.status.pool).toMatchObject({ waiting: 0, exhausted: 1 });

    const patient = client.lease({ waitMs: 5000 }, () => Promise.resolve('mine'));
    held[0]?.free();
    expect(await patient).toBe('mine');
    for (const { held: done, free } of held) {
      free();
      await done;
    }
  });

  it('opens blocking readers on top of its size', async () => {
    const held = [occupy(), occupy(), occupy()];
    await until('all leases are taken', () => client.status.pool?.inUse === 3);
    const before = client.status.pool?.exhausted;
    const reading = [1, 2].map(() =>
      client.lease({ waitMs: 50, blocking: true }, (reader) => reader.command(10_000, 'BLPOP', 'list', 5)),
    );
    await until('two read', async () => (await sockets()).filter((name) => /reader/.test(name)).length === 2);
    expect(client.status.pool).toMatchObject({ readers: 2, inUse: 3, exhausted: before });
    for (const { held: done, free } of held) {
      free();
      await done;
    }
    const lease = await client.lease({ waitMs: 50 }, (own) => own.command(1000, 'PING'));
    expect(lease).toMatchObject({ status: 'ok' });
    await server.redis.rpush('list', 'a', 'b');
    for (const outcome of await Promise.all(reading)) expect(outcome).toMatchObject({ status: 'ok' });
    await until('readers are closed', async () => !(await sockets()).some((name) => /reader/.test(name)));
  });

  it('counts every socket that CLIENT LIST shows, and stays within the documented limits', async () => {
    const keys = Array.from({ length: 100 }, (_, index) => `k${index}`);
    client.track(['prod:emb:'], { onChanged: () => undefined, onMissed: () => undefined });
    const held = [occupy(), occupy(), occupy()];
    const refusedBefore = client.status.pool?.exhausted ?? 0;
    const reading = Array.from({ length: 6 }, () =>
      client
        .lease({ waitMs: 50, blocking: true }, (reader) => reader.command(10_000, 'BLPOP', 'list', 5))
        .catch((error: Error) => error),
    );
    await until('all leases are taken', () => client.status.pool?.inUse === 3);
    await until('two are refused', () => client.status.pool?.exhausted === refusedBefore + 2);
    await Promise.all(Array.from({ length: 30 }, () => client.getMany(client.newBudget(), keys)));
    await until('everything is open', async () => (await sockets()).length === 6 + 1 + 4);
    expect(await sockets()).toEqual([
      ...Array<string>(2).fill('marquee-cache-bulk'),
      'marquee-cache-invalidation',
      ...Array<string>(3).fill('marquee-cache-lease'),
      ...Array<string>(4).fill('marquee-cache-reader'),
      'marquee-cache-shared',
    ]);
    expect(client.status.pool).toMatchObject({ size: 6, readers: 4, open: 11 });
    await server.redis.rpush('list', 'a', 'b', 'c', 'd');
    const answers = await Promise.all(reading);
    expect(answers.filter((answer) => answer instanceof PoolExhaustedError)).toHaveLength(2);
    for (const { held: done, free } of held) {
      free();
      await done;
    }
  });

  it('replaces a broken bulk connection without failing other calls', async () => {
    const list = String(await server.redis.client('LIST'));
    const bulkId = /id=(\d+)[^\n]*name=marquee-cache-bulk/.exec(list)?.[1] as string;
    const small = Array.from({ length: 100 }, () => client.get(client.newBudget(), 'k'));
    await server.redis.call('CLIENT', 'KILL', 'ID', bulkId);
    expect((await Promise.all(small)).every(({ status }) => status === 'miss')).toBe(true);
    expect(client.status.breaker).toBe('closed');
    const keys = Array.from({ length: 100 }, (_, index) => `k${index}`);
    expect(await client.getMany(client.newBudget(), keys)).toMatchObject({ status: 'ok' });
  });

  it('does not use a leased connection again after a command timed out', async () => {
    const outcomes = await client.lease({ waitMs: 1000 }, async (lease) => [
      await lease.command(30, 'BLPOP', 'empty', 0),
      await lease.command(1000, 'PING'),
    ]);
    expect(outcomes).toEqual([
      { status: 'timeout', mayHaveRun: true },
      { status: 'unavailable', fault: { kind: 'connection', code: 'CLOSED' }, mayHaveRun: false },
    ]);
    const pong = await client.lease({ waitMs: 1000 }, (lease) => lease.command(1000, 'PING'));
    expect(pong).toMatchObject({ status: 'ok' });
  });

  it('refuses leases while Redis is unavailable', async () => {
    server.freeze();
    await until('the breaker is open', () => client.status.breaker !== 'closed');
    await expect(client.lease({ waitMs: 1000 }, () => Promise.resolve())).rejects.toThrow(
      RedisUnavailableError,
    );
    server.thaw();
    await until('the breaker is closed', () => client.status.breaker === 'closed');
  });
});

describe('one budget for all calls of a request', () => {
  let server: TestRedisServer;
  let client: RedisClient;

  beforeAll(async () => {
    server = await TestRedisServer.start();
    client = await connectClient({ REDIS_URL: server.url, REDIS_BUDGET_MS: '60' });
  });
  afterAll(async () => {
    client.close();
    await server.stop();
  });

  it('fails further calls at once, without sending them, when it is spent', async () => {
    server.freeze();
    const budget = client.newBudget();
    const startedMs = performance.now();
    expect(await client.get(budget, 'k')).toEqual({ status: 'timeout', mayHaveRun: true });
    expect(performance.now() - startedMs).toBeGreaterThanOrEqual(60);
    for (let call = 0; call < 100; call++) {
      expect(await client.command(budget, 'INCR', 'counter')).toEqual({
        status: 'timeout',
        mayHaveRun: false,
      });
    }
    server.thaw();
    await until('it answers', async () => (await client.ping(client.newBudget())).status === 'ok');
    expect(await client.get(client.newBudget(), 'counter')).toEqual({ status: 'miss' });
  });
});
