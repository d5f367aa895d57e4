import { setTimeout as delay } from 'node:timers/promises';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from '@jest/globals';
import { RateLimiter } from '@app/rate-limit';
import type { RedisClient } from '@app/redis';
import { type Admission, maxAdmittedWithin } from '../fixtures/admissions.js';
import { connectClient } from '../fixtures/redis-client.js';
import { createLimiter, type TestLimiter } from '../fixtures/rate-limiter.js';
import { TestRedisServer } from '../fixtures/redis-server.js';
import { TcpProxy } from '../fixtures/tcp-proxy.js';
import { until } from '../fixtures/until.js';

const key = 'prod:ratelimit:one:acme:a';
const headerBytes = 13;
const bucketBytes = 12;

describe(`${RateLimiter.name}, sliding window`, () => {
  let server: TestRedisServer;
  let client: RedisClient;
  let limiters: TestLimiter[];
  const limiter = async (
    policies: readonly Record<string, unknown>[],
    through = client,
  ): Promise<TestLimiter> => {
    const made = await createLimiter(through, policies);
    limiters.push(made);
    return made;
  };

  beforeAll(async () => {
    server = await TestRedisServer.start();
    client = await connectClient({ REDIS_URL: server.url, REDIS_BUDGET_MS: '1000' });
  });
  beforeEach(async () => {
    limiters = [];
    await server.redis.flushall();
  });
  afterEach(async () => {
    for (const each of limiters) await each.stop();
  });
  afterAll(async () => {
    client.close();
    await server.stop();
  });

  it('admits no more than the quota in any window of any alignment by default', async () => {
    const { take } = await limiter([{ name: 'one', quota: 10, windowSeconds: 2 }]);
    const admissions: Admission[] = [];
    const endMs = performance.now() + 7_000;
    while (performance.now() < endMs) {
      const askedMs = performance.now();
      if ((await take('a')).isAllowed) admissions.push({ askedMs, toldMs: performance.now(), cost: 1 });
      await delay(2);
    }
    expect(maxAdmittedWithin(admissions, 2_000)).toBe(10);
    // Three whole windows and the fourth begun, though each may come a thirtieth late.
    expect(admissions).toHaveLength(40);
  });

  it('holds in any window for random costs, of which a part is given back, from several processes', async () => {
    const policy = { name: 'one', quota: 30, windowSeconds: 1 };
    const processes = [await limiter([policy]), await limiter([policy]), await limiter([policy])];
    const admissions = new Map<string, (Admission & { cost: number })[]>();
    const endMs = performance.now() + 5_000;
    let refused = 0;
    const ask = async ({ limiter: asked }: TestLimiter): Promise<void> => {
      while (performance.now() < endMs) {
        const name = `client-${Math.floor(5 * Math.random())}`;
        const cost = 1 + Math.floor(8 * Math.random());
        const askedMs = performance.now();
        const { isAllowed, reservation } = await asked.decideByPlan(client.newBudget(), 'default', {
          caller: { address: '::1', tenant: 'acme', keyName: name },
          route: undefined,
          cost,
          settles: true,
        });
        if (!isAllowed || !reservation) {
          refused++;
          await delay(Math.floor(30 * Math.random()));
          continue;
        }
        const admission = { askedMs, toldMs: performance.now(), cost };
        admissions.set(name, [...(admissions.get(name) ?? []), admission]);
        if (Math.random() < 0.3) {
          await delay(Math.floor(200 * Math.random()));
          admission.cost = Math.floor(cost * Math.random());
          await asked.settle(reservation, admission.cost);
        }
      }
    };
    await Promise.all(processes.flatMap((process) => Array.from({ length: 4 }, () => ask(process))));
    for (const list of admissions.values()) expect(maxAdmittedWithin(list, 1_000)).toBeLessThanOrEqual(30);
    const admitted = [...admissions.values()].flat().reduce((sum, { cost }) => sum + cost, 0);
    expect(refused).toBeGreaterThan(20);
    // What is given back can be used again: of five clients' quotas most is used.
    expect(admitted).toBeGreaterThan(5 * 30 * 3);
    for (const each of await server.redis.keys('prod:ratelimit:*')) {
      expect(await server.redis.pttl(each)).toBeGreaterThan(0);
      expect(await server.redis.strlen(each)).toBeLessThanOrEqual(headerBytes + 48 * bucketBytes);
    }
  });

  it('admits again when the wait is over, not before the window is, and a thirtieth of it later at most', async () => {
    const { take } = await limiter([{ name: 'one', quota: 3, windowSeconds: 1 }]);
    for (let round = 0; round < 3; round++) {
      const startedMs = performance.now();
      await take('a', 3);
      const toldMs = performance.now();
      const { isAllowed, standings } = await take('a');
      const refusedMs = performance.now();
      expect([isAllowed, standings[0]?.remaining]).toEqual([false, 0]);
      const waitMs = standings[0]?.waitMs ?? 0;
      expect(toldMs + waitMs).toBeGreaterThan(startedMs + 1_000);
      expect(waitMs).toBeLessThanOrEqual(1_000 + 34);
      // A timer may fire up to a millisecond early, and the limiter's clock is Redis's.
      const endMs = refusedMs + waitMs + 2;
      while (performance.now() < endMs) await delay(endMs - performance.now());
      expect(await take('a', 3)).toMatchObject({ isAllowed: true });
      await server.redis.flushall();
    }
  });

  it('tells what remains and when more will, which is when the oldest leave', async () => {
    const { take } = await limiter([{ name: 'one', quota: 10, windowSeconds: 60 }]);
    await take('a', 2);
    await delay(20);
    const { standings } = await take('a', 3);
    expect(standings[0]?.remaining).toBe(5);
    expect(standings[0]?.resetMs).toBeLessThanOrEqual(62_000 - 20);
    expect(standings[0]?.resetMs).toBeGreaterThan(60_000);
    expect((await take('b', 0)).standings[0]).toMatchObject({ remaining: 10, resetMs: 0 });
  });

  it('stays small and mortal, however much comes', async () => {
    const { take } = await limiter([{ name: 'one', quota: 1_000_000, windowSeconds: 1 }]);
    let longest = 0;
    const endMs = performance.now() + 2_500;
    while (performance.now() < endMs) {
      await take('a', 1 + Math.floor(5 * Math.random()));
      longest = Math.max(longest, await server.redis.strlen(key));
    }
    expect(longest).toBeGreaterThan(headerBytes + 20 * bucketBytes);
    expect(longest).toBeLessThanOrEqual(headerBytes + 44 * bucketBytes);
    await until('it has expired by itself', async () => (await server.redis.exists(key)) === 0);
  });

  it('charges nothing unless all policies of a request allow it', async () => {
    const { take } = await limiter([
      { name: 'one', quota: 10, windowSeconds: 60 },
      { name: 'two', quota: 4, windowSeconds: 60 },
      { name: 'dark', quota: 1, windowSeconds: 60, mode: 'shadow' },
    ]);
    expect(await take('a', 3)).toMatchObject({ isAllowed: true });
    expect((await take('a', 3)).standings.map(({ remaining }) => remaining)).toEqual([7, 1, 1]);
    expect((await take('a', 1)).standings.map(({ remaining }) => remaining)).toEqual([6, 0, 0]);
  });

  it('outlives a clock that is set back: nobody gets more, and nobody is shut out for longer than a window', async () => {
    const { take } = await limiter([{ name: 'one', quota: 10, windowSeconds: 1 }]);
    await take('a', 4);
    await delay(60);
    await take('a', 6);
    // As an hour less on Redis's clock leaves it.
    const state = (await server.redis.getBuffer(key)) as Buffer;
    for (let at = headerBytes; at < state.length; at += bucketBytes)
      state.writeUIntLE(state.readUIntLE(at, 6) + 3_600_000, at, 6);
    await server.redis.set(key, state, 'PX', 3_600_000 + (await server.redis.pttl(key)));
    const other = await limiter([{ name: 'one', quota: 10, windowSeconds: 1 }]);
    const refused = await other.take('a');
    expect(refused).toMatchObject({ isAllowed: false, isDegraded: false });
    expect(refused.standings[0]?.waitMs).toBeLessThanOrEqual(1_034);
    expect(await server.redis.pttl(key)).toBeLessThanOrEqual(1_035);
    await delay(refused.standings[0]?.waitMs ?? 0);
    expect(await other.take('a', 10)).toMatchObject({ isAllowed: true });
  });

  it('follows changes of quota and window while units are in use', async () => {
    const one = await limiter([{ name: 'one', quota: 10, windowSeconds: 60 }]);
    await one.take('a', 10);
    const { plans } = one.policies.settings;
    const set = (quota: number, windowSeconds: number) =>
      one.policies.replace({
        policies: [
          {
            name: 'one',
            algorithm: 'sliding-window',
            quota,
            windowSeconds,
            partition: 'key',
            unit: 'requests',
            mode: 'enforce',
            onRedisFailure: 'local',
          },
        ],
        plans,
        beforeAuthentication: [],
      });
    await set(15, 60);
    expect((await one.take('a', 2)).standings[0]?.remaining).toBe(3);
    await set(5, 60);
    expect((await one.take('a', 1)).isAllowed).toBe(false);
    await set(15, 600);
    expect((await one.take('a', 1)).standings[0]?.remaining).toBe(2);
    expect(await server.redis.pttl(key)).toBeGreaterThan(600_000);
    await set(15, 1);
    expect((await one.take('a', 1)).standings[0]?.remaining).toBe(1);
    expect(await server.redis.pttl(key)).toBeLessThanOrEqual(1_035);
    await until('the shorter window is over', async () => (await one.take('a', 15)).isAllowed);
  });

  it('counts what stands under its key in whatever form, from then on for a window', async () => {
    const { take } = await limiter([{ name: 'one', quota: 10, windowSeconds: 1 }]);
    await server.redis.set(key, '7', 'PX', 100);
    expect((await take('a', 4)).isAllowed).toBe(false);
    await delay(200);
    expect((await take('a', 0)).standings[0]?.remaining).toBe(3);
    await server.redis.set(key, 's and something else', 'PX', 100);
    expect((await take('a', 0)).standings[0]?.remaining).toBe(10);
    await server.redis.call('PERSIST', key);
    await take('a', 1);
    expect(await server.redis.pttl(key)).toBeGreaterThan(0);
  });

  describe('without Redis', () => {
    let proxy: TcpProxy;
    let far: RedisClient;

    beforeEach(async () => {
      proxy = await TcpProxy.start(server.port);
      far = await connectClient({ REDIS_URL: `redis://127.0.0.1:${proxy.port}`, REDIS_BUDGET_MS: '100' });
    });
    afterEach(async () => {
      far.close();
      await proxy.stop();
    });
    const isBack = (take: TestLimiter['take']) =>
      until('Redis decides', async () => {
        const decision = await take('other');
        return decision.isDegraded ? undefined : decision;
      });

    it('admits no more than the quota in any window that Redis and the process decide on together', async () => {
      const { take } = await limiter([{ name: 'one', quota: 20, windowSeconds: 2 }], far);
      const admissions: Admission[] = [];
      let degraded = 0;
      const ask = async (ms: number): Promise<void> => {
        const endMs = performance.now() + ms;
        while (performance.now() < endMs) {
          const askedMs = performance.now();
          const { isAllowed, isDegraded } = await take('a');
          if (isDegraded) degraded++;
          if (isAllowed) admissions.push({ askedMs, toldMs: performance.now(), cost: 1 });
          await delay(5);
        }
      };
      await ask(1_000);
      proxy.swallow(true);
      await ask(4_000);
      proxy.swallow(false);
      proxy.cut();
      await isBack(take);
      await ask(1_500);
      expect(degraded).toBeGreaterThan(10);
      expect(maxAdmittedWithin(admissions, 2_000)).toBeLessThanOrEqual(20);
      expect(admissions.length).toBeGreaterThanOrEqual(60);
    });

    it('refuses nobody early because a connection was lost and Redis was not', async () => {
      const { take } = await limiter([{ name: 'one', quota: 10, windowSeconds: 3 }], far);
      await take('a', 5);
      await delay(2_000);
      await take('a', 5);
      const { recoveries } = far;
      proxy.cut();
      await until('it is connected again', () => far.recoveries > recoveries);
      await isBack(take);
      await delay(1_200);
      expect(await take('a', 5)).toMatchObject({ isAllowed: true, isDegraded: false });
    });

    it('tells a server that was started empty what each process has seen', async () => {
      const policies = [{ name: 'one', quota: 20, windowSeconds: 600 }];
      const near = await limiter(policies);
      const away = await limiter(policies, far);
      await near.take('a', 9);
      await away.take('a', 6);
      await until('both know of each other', () => away.policies.replicas === 2);
      await server.redis.flushall();
      await away.policies.sync();
      expect(away.policies.replicas).toBe(2);
      proxy.cut();
      await isBack(away.take);
      expect((await away.take('a')).standings[0]?.remaining).toBeLessThanOrEqual(4);
      expect((await near.take('a', 0)).standings[0]?.remaining).toBeLessThanOrEqual(4);
    });
  });
});
