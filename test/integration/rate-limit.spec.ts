import { setTimeout as delay } from 'node:timers/promises';
import { describe, expect, it, jest } from '@jest/globals';
import { RateLimiter, RateLimitsUnavailableError } from '@app/rate-limit';
import { type Admission, maxAdmittedWithin } from '../fixtures/admissions.js';
import { connectClient } from '../fixtures/redis-client.js';
import { useLimiters, useProxiedClient } from '../fixtures/limiters.js';
import { createLimiter } from '../fixtures/rate-limiter.js';
import { TestRedisServer } from '../fixtures/redis-server.js';
import { TcpProxy } from '../fixtures/tcp-proxy.js';
import { until } from '../fixtures/until.js';

/** Redis's clock ticks in milliseconds. */
const tickMs = 2;

/** Returns by how much any span exceeds burst + rate · span. A value of 0 or less is correct. */
function worstExcess(admissions: readonly Admission[], burst: number, emissionMs: number): number {
  const sorted = admissions.toSorted((a, b) => a.askedMs - b.askedMs);
  let worst = -Infinity;
  for (let from = 0; from < sorted.length; from++) {
    const { askedMs } = sorted[from] as Admission;
    let [sum, repliedMs] = [0, 0];
    for (let to = from; to < sorted.length; to++) {
      const admission = sorted[to] as Admission;
      sum += admission.cost;
      repliedMs = Math.max(repliedMs, admission.repliedMs);
      worst = Math.max(worst, sum - burst - (repliedMs - askedMs + tickMs) / emissionMs);
    }
  }
  return worst;
}

describe(RateLimiter.name, () => {
  const limits = useLimiters();
  const { limiter } = limits;

  it('never admits more than burst and rate allow in any second', async () => {
    const { take } = await limiter([
      { name: 'second', algorithm: 'gcra', quota: 100, windowSeconds: 1, burst: 20 },
    ]);
    const admissions: Admission[] = [];
    const endMs = performance.now() + 2_500;
    await Promise.all(
      Array.from({ length: 16 }, async () => {
        while (performance.now() < endMs) {
          const askedMs = performance.now();
          const { isAllowed, standings } = await take('a');
          if (isAllowed) admissions.push({ askedMs, repliedMs: performance.now(), cost: 1 });
          else await delay(standings[0]?.waitMs ?? 0);
        }
      }),
    );
    expect(worstExcess(admissions, 20, 10)).toBeLessThanOrEqual(0);
    expect(admissions.length).toBeGreaterThan(200);
  });

  it('counts emission intervals below a millisecond without losing any', async () => {
    const { take } = await limiter([{ name: 'fast', quota: 9_999, windowSeconds: 1, burst: 500 }]);
    const admissions: Admission[] = [];
    const endMs = performance.now() + 1_500;
    await Promise.all(
      Array.from({ length: 32 }, async () => {
        while (performance.now() < endMs) {
          const askedMs = performance.now();
          const { isAllowed } = await take('a', 7);
          if (isAllowed) admissions.push({ askedMs, repliedMs: performance.now(), cost: 7 });
        }
      }),
    );
    const admitted = admissions.reduce((sum, { cost }) => sum + cost, 0);
    expect(admitted).toBeLessThanOrEqual(500 + 1_520 * 9.999);
    expect(admitted).toBeGreaterThan(5_000);
  });

  it('reads plain counters of other programs, and the states of other algorithms', async () => {
    const quota = { quota: 10, windowSeconds: 600 };
    await limits.server.redis.set('prod:ratelimit:one:acme:a', '7', 'EX', 600);
    const gcra = await limiter([{ name: 'one', algorithm: 'gcra', ...quota }]);
    expect((await gcra.take('a')).standings[0]).toMatchObject({ remaining: 2 });
    const fixed = await limiter([{ name: 'one', algorithm: 'fixed-window', ...quota }]);
    expect((await fixed.take('a')).standings[0]).toMatchObject({ remaining: 1 });
    const sliding = await limiter([{ name: 'one', ...quota }]);
    expect((await sliding.take('a')).standings[0]).toMatchObject({ remaining: 0 });
    expect((await fixed.take('a', 0)).standings[0]).toMatchObject({ remaining: 0 });
    expect((await gcra.take('a', 0)).standings[0]).toMatchObject({ remaining: 0 });
  });

  it('ends a calendar quota at the end of the period, by Redis’s clock', async () => {
    const periods = ['minute', 'hour', 'day', 'week', 'month'] as const;
    const { take } = await limiter(
      periods.map((period) => ({ name: period, algorithm: 'calendar', quota: 10, period })),
    );
    const { standings } = await take('a');
    const now = new Date();
    const [year, month, day] = [now.getUTCFullYear(), now.getUTCMonth(), now.getUTCDate()];
    const midnight = Date.UTC(year, month, day + 1);
    const ends = {
      minute: Math.ceil(now.getTime() / 60_000) * 60_000,
      hour: Math.ceil(now.getTime() / 3_600_000) * 3_600_000,
      day: midnight,
      week: Date.UTC(year, month, day + 7 - ((now.getUTCDay() + 6) % 7)),
      month: Date.UTC(year, month + 1, 1),
    };
    for (const [index, period] of periods.entries()) {
      const endMs = now.getTime() + (standings[index]?.resetMs ?? 0);
      expect([period, Math.abs(endMs - ends[period]) < 500]).toEqual([period, true]);
    }
  });

  it('ends a calendar quota by Redis’s clock if the clock of the process is months ahead', async () => {
    const { take } = await limiter([
      { name: 'minute', algorithm: 'calendar', quota: 10, period: 'minute' },
      { name: 'month', algorithm: 'calendar', quota: 10, period: 'month' },
    ]);
    const now = Date.now.bind(Date);
    const clock = jest.spyOn(Date, 'now').mockImplementation(() => now() + 100 * 86_400_000);
    const decision = await take('a').finally(() => clock.mockRestore());
    expect(decision).toMatchObject({ isAllowed: true, isDegraded: false });
    const [minute, month] = decision.standings.map(({ resetMs }) => new Date(now() + resetMs + 500));
    expect(minute?.getUTCSeconds()).toBe(0);
    expect([month?.getUTCDate(), month?.getUTCHours()]).toEqual([1, 0]);
    expect(await take('a')).toMatchObject({
      isDegraded: false,
      standings: [{ remaining: 8 }, { remaining: 8 }],
    });
  });

  it('refuses a refused client without Redis until its wait is over or the policies change', async () => {
    const { take, policies } = await limiter([{ name: 'one', quota: 2, windowSeconds: 60 }]);
    await take('a', 2);
    expect(await take('a', 2)).toMatchObject({ isAllowed: false });
    const scriptCalls = async (): Promise<number> =>
      Number(/cmdstat_evalsha:calls=(\d+)/.exec(await limits.server.redis.info('commandstats'))?.[1] ?? 0);
    await limits.server.redis.config('RESETSTAT');
    for (let index = 0; index < 1_000; index++) await take('a', 2);
    expect(await scriptCalls()).toBeLessThan(10);
    expect(await take('a', 1)).toMatchObject({ isAllowed: false });
    await policies.override({ policy: 'one', client: 'acme:a', quota: 20 });
    expect(await take('a', 2)).toMatchObject({ isAllowed: true });
  });

  it('counts refusals of shadow policies without enforcing them', async () => {
    const { take, registry } = await limiter([{ name: 'dark', quota: 2, windowSeconds: 60, mode: 'shadow' }]);
    const allowed = [await take('a'), await take('a'), await take('a'), await take('a', 9)];
    expect(allowed.map(({ isAllowed }) => isAllowed)).toEqual([true, true, true, true]);
    const metrics = await registry.metrics();
    expect(metrics).toContain('marquee_rate_limit_decisions_total{policy="dark",outcome="would_refuse"} 2');
    expect(await limits.server.redis.get('prod:ratelimit:dark:acme:a')).not.toBeNull();
  });

  describe('without Redis', () => {
    const outage = useProxiedClient(limits);

    it('continues with its share of the quota, and charges Redis afterwards', async () => {
      const policies = [{ name: 'one', quota: 20, windowSeconds: 600 }];
      const near = await limiter(policies);
      const away = await limiter(policies, outage.client);
      await until(
        'both count each other',
        () => away.policies.replicas === 2 && near.policies.replicas === 2,
      );
      await away.take('a', 10);
      outage.proxy.swallow(true);
      const decisions = [];
      for (let index = 0; index < 20; index++) decisions.push(await away.take('a'));
      // Ten units are left for two processes.
      expect(decisions.filter(({ isAllowed }) => isAllowed)).toHaveLength(5);
      expect(decisions.every(({ isDegraded }) => isDegraded)).toBe(true);
      outage.proxy.swallow(false);
      outage.proxy.cut();
      const back = await until('Redis decides', async () => {
        const decision = await away.take('a');
        return decision.isDegraded ? undefined : decision;
      });
      expect(back.standings[0]?.remaining).toBe(4);
      expect((await near.take('a', 0)).standings[0]?.remaining).toBe(4);
      expect(await away.registry.metrics()).toMatch(/outcome="degraded_allowed"\} 5\n/);
    });

    it('is open or closed if a policy says so', async () => {
      const open = await limiter(
        [{ name: 'open', quota: 1, windowSeconds: 600, onRedisFailure: 'open' }],
        outage.client,
      );
      const closed = await limiter(
        [{ name: 'closed', quota: 1, windowSeconds: 600, onRedisFailure: 'closed' }],
        outage.client,
      );
      outage.proxy.swallow(true);
      await open.take('a');
      expect(await open.take('a')).toMatchObject({ isAllowed: true });
      await expect(closed.take('a')).rejects.toThrow(RateLimitsUnavailableError);
    });

    it('restores usage in a server that restarted empty', async () => {
      const policies = [
        { name: 'one', quota: 20, windowSeconds: 600 },
        { name: 'two', algorithm: 'fixed-window', quota: 20, windowSeconds: 600 },
      ];
      const { take } = await limiter(policies, outage.client);
      await take('a', 15);
      await limits.server.redis.flushall();
      outage.proxy.cut();
      const back = await until('Redis decides', async () => {
        const decision = await take('a', 2);
        return decision.isDegraded ? undefined : decision;
      });
      expect(back.standings.every(({ remaining }) => remaining <= 3)).toBe(true);
    });

    it('remembers a bounded number of clients', async () => {
      const { take, registry } = await limiter(
        [{ name: 'one', quota: 20, windowSeconds: 600 }],
        outage.client,
      );
      outage.proxy.swallow(true);
      await take('a');
      for (let index = 0; index < 60_000; index++) await take(`client-${index}`);
      expect(await registry.metrics()).toContain('marquee_rate_limit_known_clients 50000');
    });
  });

  it('decides alone if a key has another type or the server is full', async () => {
    const { take } = await limiter([{ name: 'one', quota: 2, windowSeconds: 600 }]);
    await limits.server.redis.lpush('prod:ratelimit:one:acme:a', 'x');
    expect(await take('a')).toMatchObject({ isAllowed: true, isDegraded: true });
    expect(await take('b')).toMatchObject({ isAllowed: true, isDegraded: false });
    await limits.server.redis.config('SET', 'maxmemory', '1');
    expect([await take('c'), await take('c'), await take('c')]).toMatchObject([
      { isAllowed: true, isDegraded: true },
      { isAllowed: true },
      { isAllowed: false },
    ]);
    await limits.server.redis.config('SET', 'maxmemory', '450mb');
  });

  /** `FLEET=60` runs it for 60 seconds. */
  it.each([
    ['gcra', 'closed'],
    ['gcra', 'local'],
    ['sliding-window', 'closed'],
    ['sliding-window', 'local'],
  ] as const)(
    'admits no more than the limit with 8 connections, 200 clients, cuts and restarts (%s, %s)',
    async (algorithm, onRedisFailure) => {
      const runMs = 1000 * Number(process.env['FLEET'] ?? 6);
      const own = await TestRedisServer.start();
      const emissionMs = 50;
      const policy = { name: 'fleet', algorithm, quota: 20, windowSeconds: 1, onRedisFailure };
      const fleet = await Promise.all(
        Array.from({ length: 8 }, async () => {
          const proxy = await TcpProxy.start(own.port);
          const through = await connectClient({
            REDIS_URL: `redis://127.0.0.1:${proxy.port}`,
            REDIS_BUDGET_MS: '500',
          });
          return { proxy, through, ...(await createLimiter(through, [policy])) };
        }),
      );
      const all = new Map<string, Admission[]>();
      const decided = new Map<string, Admission[]>();
      let [degraded, refused, cuts, restarts] = [0, 0, 0, 0];
      const endMs = performance.now() + runMs;
      const ask = async ({ take }: (typeof fleet)[number]): Promise<void> => {
        while (performance.now() < endMs) {
          const name = `client-${Math.floor(200 * Math.random())}`;
          const cost = 1 + Math.floor(5 * Math.random());
          const askedMs = performance.now();
          const decision = await take(name, cost).catch(() => undefined);
          if (decision?.isDegraded) degraded++;
          if (!decision?.isAllowed) refused++;
          else {
            const admission = { askedMs, repliedMs: performance.now(), cost };
            const by = decision.isDegraded ? [all] : [all, decided];
            for (const lists of by) lists.set(name, [...(lists.get(name) ?? []), admission]);
          }
          await delay(1);
        }
      };
      const immortal: string[] = [];
      const harm = async (): Promise<void> => {
        while (performance.now() < endMs - 1_000) {
          await delay(200);
          fleet[cuts++ % fleet.length]?.proxy.cut();
          if (cuts % 10 === 5) {
            restarts++;
            await own.kill();
            await own.launch();
          }
          for (const key of await own.redis.keys('prod:*'))
            if ((await own.redis.pttl(key)) === -1) immortal.push(key);
        }
      };
      await Promise.all([
        harm(),
        ...fleet.flatMap((member) => Array.from({ length: 12 }, () => ask(member))),
      ]);
      const excessOf = (lists: Map<string, Admission[]>): number =>
        Math.max(
          ...[...lists.values()].map((list) =>
            algorithm === 'gcra'
              ? worstExcess(list, policy.quota, emissionMs)
              : maxAdmittedWithin(list, 1000 * policy.windowSeconds) - policy.quota,
          ),
        );
      const total = [...decided.values()].reduce((sum, list) => sum + list.length, 0);
      const [excess, excessOfAll] = [excessOf(decided), excessOf(all)];
      process.stdout.write(
        `${algorithm}, ${onRedisFailure}: ${total} admitted by Redis, ${refused} refused, ${degraded} without it; excess ${excess} of its own, ${excessOfAll} of all\n`,
      );
      for (const { proxy, through, stop } of fleet) {
        await stop();
        through.close();
        await proxy.stop();
      }
      await own.stop();
      expect(immortal).toEqual([]);
      expect(total).toBeGreaterThan(1_000);
      expect(refused).toBeGreaterThan(100);
      expect(excess).toBeLessThanOrEqual(0);
      // In an outage all processes together admit at most one more quota; one that is cut off, its share. A window of this
      // length, unlike a debt, overlaps few outages.
      const outages =
        onRedisFailure === 'closed' ? 0 : algorithm === 'gcra' ? restarts + cuts / fleet.length : 2;
      expect(excessOfAll).toBeLessThanOrEqual(policy.quota * outages);
    },
    120_000 + 2_000 * Number(process.env['FLEET'] ?? 6),
  );
});
