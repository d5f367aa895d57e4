import { setTimeout as delay } from 'node:timers/promises';
import { describe, expect, it } from '@jest/globals';
import { RateLimiter } from '@app/rate-limit';
import { type Admission, maxAdmittedWithin } from '../fixtures/admissions.js';
import { useLimiters, useProxiedClient } from '../fixtures/limiters.js';
import { type TestLimiter } from '../fixtures/rate-limiter.js';
import { until } from '../fixtures/until.js';

const key = 'prod:ratelimit:one:acme:a';
const headerBytes = 13;
const bucketBytes = 12;

describe(`${RateLimiter.name}, sliding window`, () => {
  const limits = useLimiters();
  const { limiter } = limits;

  it('is the default, and admits no more than the quota in any window', async () => {
    const { take } = await limiter([{ name: 'one', quota: 10, windowSeconds: 1 }]);
    const admissions: Admission[] = [];
    const endMs = performance.now() + 3_500;
    while (performance.now() < endMs) {
      const askedMs = performance.now();
      if ((await take('a')).isAllowed) admissions.push({ askedMs, repliedMs: performance.now(), cost: 1 });
      await delay(2);
    }
    expect(maxAdmittedWithin(admissions, 1_000)).toBe(10);
    // Three whole windows and the start of a fourth, although each may be a thirtieth late.
    expect(admissions).toHaveLength(40);
  });

  it('admits no more than the quota for random costs with refunds from several processes', async () => {
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
        const { isAllowed, reservation } = await asked.decideByPlan(limits.client.newBudget(), 'default', {
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
        const admission = { askedMs, repliedMs: performance.now(), cost };
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
    // Refunded units can be used again: most of the five clients' quotas is used.
    expect(admitted).toBeGreaterThan(5 * 30 * 3);
    for (const each of await limits.server.redis.keys('prod:ratelimit:*')) {
      expect(await limits.server.redis.pttl(each)).toBeGreaterThan(0);
      expect(await limits.server.redis.strlen(each)).toBeLessThanOrEqual(headerBytes + 48 * bucketBytes);
    }
  });

  it('admits again when the wait is over, which is at most a thirtieth of the window late', async () => {
    const { take } = await limiter([{ name: 'one', quota: 3, windowSeconds: 1 }]);
    for (let round = 0; round < 3; round++) {
      const startedMs = performance.now();
      await take('a', 3);
      const repliedMs = performance.now();
      const { isAllowed, standings } = await take('a');
      const refusedMs = performance.now();
      expect([isAllowed, standings[0]?.remaining]).toEqual([false, 0]);
      const waitMs = standings[0]?.waitMs ?? 0;
      expect(repliedMs + waitMs).toBeGreaterThan(startedMs + 1_000);
      expect(waitMs).toBeLessThanOrEqual(1_000 + 34);
      // A timer may fire up to a millisecond early, and the limiter's clock is Redis's.
      const endMs = refusedMs + waitMs + 2;
      while (performance.now() < endMs) await delay(endMs - performance.now());
      expect(await take('a', 3)).toMatchObject({ isAllowed: true });
      await limits.server.redis.flushall();
    }
  });

  it('returns what remains, and when the oldest units expire', async () => {
    const { take } = await limiter([{ name: 'one', quota: 10, windowSeconds: 60 }]);
    await take('a', 2);
    await delay(20);
    const { standings } = await take('a', 3);
    expect(standings[0]?.remaining).toBe(5);
    expect(standings[0]?.resetMs).toBeLessThanOrEqual(62_000 - 20);
    expect(standings[0]?.resetMs).toBeGreaterThan(60_000);
    expect((await take('b', 0)).standings[0]).toMatchObject({ remaining: 10, resetMs: 0 });
  });

  it('stores a bounded state that expires, for any number of requests', async () => {
    const { take } = await limiter([{ name: 'one', quota: 1_000_000, windowSeconds: 1 }]);
    let maxBytes = 0;
    const endMs = performance.now() + 2_500;
    while (performance.now() < endMs) {
      await take('a', 1 + Math.floor(5 * Math.random()));
      maxBytes = Math.max(maxBytes, await limits.server.redis.strlen(key));
    }
    expect(maxBytes).toBeGreaterThan(headerBytes + 20 * bucketBytes);
    expect(maxBytes).toBeLessThanOrEqual(headerBytes + 44 * bucketBytes);
    await until('the key expires', async () => (await limits.server.redis.exists(key)) === 0);
  });

  it('charges nothing unless all policies of a request admit it', async () => {
    const { take } = await limiter([
      { name: 'one', quota: 10, windowSeconds: 60 },
      { name: 'two', quota: 4, windowSeconds: 60 },
      { name: 'dark', quota: 1, windowSeconds: 60, mode: 'shadow' },
    ]);
    expect(await take('a', 3)).toMatchObject({ isAllowed: true });
    expect((await take('a', 3)).standings.map(({ remaining }) => remaining)).toEqual([7, 1, 1]);
    expect((await take('a', 1)).standings.map(({ remaining }) => remaining)).toEqual([6, 0, 0]);
  });

  it('admits no more after the clock is set back, and refuses for at most one window', async () => {
    const { take } = await limiter([{ name: 'one', quota: 10, windowSeconds: 1 }]);
    await take('a', 4);
    await delay(60);
    await take('a', 6);
    // The state after Redis's clock was set back by an hour.
    const state = (await limits.server.redis.getBuffer(key)) as Buffer;
    for (let at = headerBytes; at < state.length; at += bucketBytes)
      state.writeUIntLE(state.readUIntLE(at, 6) + 3_600_000, at, 6);
    await limits.server.redis.set(key, state, 'PX', 3_600_000 + (await limits.server.redis.pttl(key)));
    const other = await limiter([{ name: 'one', quota: 10, windowSeconds: 1 }]);
    const refused = await other.take('a');
    expect(refused).toMatchObject({ isAllowed: false, isDegraded: false });
    expect(refused.standings[0]?.waitMs).toBeLessThanOrEqual(1_034);
    expect(await limits.server.redis.pttl(key)).toBeLessThanOrEqual(1_035);
    await delay(refused.standings[0]?.waitMs ?? 0);
    expect(await other.take('a', 10)).toMatchObject({ isAllowed: true });
  });

  it('applies changes of quota and window to units in use', async () => {
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
    expect(await limits.server.redis.pttl(key)).toBeGreaterThan(600_000);
    await set(15, 1);
    expect((await one.take('a', 1)).standings[0]?.remaining).toBe(1);
    expect(await limits.server.redis.pttl(key)).toBeLessThanOrEqual(1_035);
    await until('the shorter window is over', async () => (await one.take('a', 15)).isAllowed);
  });

  it('counts a state of another format for one window', async () => {
    const { take } = await limiter([{ name: 'one', quota: 10, windowSeconds: 1 }]);
    await limits.server.redis.set(key, '7', 'PX', 100);
    expect((await take('a', 4)).isAllowed).toBe(false);
    await delay(200);
    expect((await take('a', 0)).standings[0]?.remaining).toBe(3);
    await limits.server.redis.set(key, 's and something else', 'PX', 100);
    expect((await take('a', 0)).standings[0]?.remaining).toBe(10);
    await limits.server.redis.call('PERSIST', key);
    await take('a', 1);
    expect(await limits.server.redis.pttl(key)).toBeGreaterThan(0);
  });

  describe('without Redis', () => {
    const outage = useProxiedClient(limits);
    const isBack = (take: TestLimiter['take']) =>
      until('Redis decides', async () => {
        const decision = await take('other');
        return decision.isDegraded ? undefined : decision;
      });

    it('admits no more than the quota in a window that Redis and the process share', async () => {
      const { take } = await limiter([{ name: 'one', quota: 20, windowSeconds: 2 }], outage.client);
      const admissions: Admission[] = [];
      let degraded = 0;
      const ask = async (ms: number): Promise<void> => {
        const endMs = performance.now() + ms;
        while (performance.now() < endMs) {
          const askedMs = performance.now();
          const { isAllowed, isDegraded } = await take('a');
          if (isDegraded) degraded++;
          if (isAllowed) admissions.push({ askedMs, repliedMs: performance.now(), cost: 1 });
          await delay(5);
        }
      };
      await ask(1_000);
      outage.proxy.swallow(true);
      await ask(4_000);
      outage.proxy.swallow(false);
      outage.proxy.cut();
      await isBack(take);
      await ask(1_500);
      expect(degraded).toBeGreaterThan(10);
      expect(maxAdmittedWithin(admissions, 2_000)).toBeLessThanOrEqual(20);
      expect(admissions.length).toBeGreaterThanOrEqual(60);
    });

    it('does not refuse early after a lost connection without a data loss', async () => {
      const { take } = await limiter([{ name: 'one', quota: 10, windowSeconds: 3 }], outage.client);
      await take('a', 5);
      await delay(2_000);
      await take('a', 5);
      const { recoveries } = outage.client;
      outage.proxy.cut();
      await until('the client is connected again', () => outage.client.recoveries > recoveries);
      await isBack(take);
      await delay(1_200);
      expect(await take('a', 5)).toMatchObject({ isAllowed: true, isDegraded: false });
    });

    it('restores what each process has seen in an emptied server', async () => {
      const policies = [{ name: 'one', quota: 20, windowSeconds: 600 }];
      const near = await limiter(policies);
      const away = await limiter(policies, outage.client);
      await near.take('a', 9);
      await away.take('a', 6);
      await until('both count each other', () => away.policies.replicas === 2);
      await limits.server.redis.flushall();
      await away.policies.sync();
      expect(away.policies.replicas).toBe(2);
      outage.proxy.cut();
      await isBack(away.take);
      expect((await away.take('a')).standings[0]?.remaining).toBeLessThanOrEqual(4);
      expect((await near.take('a', 0)).standings[0]?.remaining).toBeLessThanOrEqual(4);
    });
  });
});
