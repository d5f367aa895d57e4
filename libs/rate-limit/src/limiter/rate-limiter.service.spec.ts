import { beforeEach, describe, expect, it } from '@jest/globals';
import { Registry } from 'prom-client';
import { KeySpace, type Outcome, RedisBudget } from '@app/redis';
import type { PoliciesService } from '../policies/policies.service.js';
import { PolicyTable } from '../policies/policy-table.js';
import { policySetSchema } from '../policies/policy.js';
import { CostAboveBurstError, RateLimitsUnavailableError } from '../rate-limit.errors.js';
import type { Demand } from './decision.js';
import { LimiterMetrics } from './limiter.metrics.js';
import type { Charge, LimitsRepository, Verdicts } from './limits.repository.js';
import { RateLimiter } from './rate-limiter.service.js';

const budget = new RedisBudget(1_000);
const down: Outcome<never> = {
  status: 'unavailable',
  fault: { kind: 'connection', code: 'ECONNREFUSED' },
  mayHaveRun: false,
};
const second = { waitMs: 0, remaining: 5, resetMs: 1_000 };

/** Replies what a test wants, and records what it was asked. */
class FakeLimits {
  readonly keys = new KeySpace('test', false);
  recoveries = 0;
  isDown = false;
  /** The reply for each policy by name. */
  replies: Record<string, { waitMs: number; remaining: number; resetMs: number }> = {};
  readonly decided: (readonly Charge[])[] = [];
  readonly refunds: number[] = [];
  readonly released: string[] = [];

  decide<C extends Charge>(
    _: RedisBudget,
    charges: readonly C[],
    returnsTime: boolean,
  ): Promise<Outcome<Verdicts<C>>> {
    if (this.isDown) return Promise.resolve(down);
    this.decided.push(charges);
    const verdicts = charges.map((charge) => ({ charge, ...second, ...this.replies[charge.policy.name] }));
    const isAllowed = verdicts.every(({ charge, waitMs }) => waitMs === 0 || !charge.policy.isEnforced);
    return Promise.resolve({
      status: 'ok',
      value: { isAllowed, verdicts, redisMs: returnsTime ? 1_000 : undefined },
    });
  }

  refund(_: number, units: number): Promise<Outcome<unknown>> {
    this.refunds.push(units);
    return Promise.resolve({ status: 'ok', value: 1 });
  }

  releaseLease(_: string, id: string): Promise<Outcome<unknown>> {
    this.released.push(id);
    return Promise.resolve({ status: 'ok', value: 1 });
  }
}

const policiesOf = (policies: readonly Record<string, unknown>[]): PoliciesService => {
  const plans = { default: policies.map(({ name }) => name) };
  const set = policySetSchema.parse({ policies, plans });
  const table = new PolicyTable({ version: '1', salt: 'salt', base: '', set, overrides: [] });
  const fake = {
    replicas: 2,
    dataLosses: 0,
    untrustedUntilMs: 0,
    isReachable: true,
    salt: 'salt',
    ofPlan: (plan: string, route: string | undefined) => table.ofPlan(plan, route),
    effective: (policy: Parameters<PolicyTable['effective']>[0], client: string) =>
      table.effective(policy, client),
    sync: () => Promise.resolve(),
  };
  return fake satisfies Partial<PoliciesService> as unknown as PoliciesService;
};

describe(RateLimiter.name, () => {
  let limits: FakeLimits;
  let registry: Registry;
  let limiter: RateLimiter;
  const use = (...policies: Record<string, unknown>[]): void => {
    registry = new Registry();
    const complete = policies.map((policy) => ({ quota: 10, windowSeconds: 60, ...policy }));
    limiter = new RateLimiter(
      policiesOf(complete),
      limits as unknown as LimitsRepository,
      new LimiterMetrics(registry),
      registry,
    );
  };
  const take = (cost = 1, more: Partial<Demand> = {}) =>
    limiter.decideByPlan(budget, 'default', {
      caller: { address: '::1', tenant: 'acme', keyName: 'web' },
      route: '/v1/search',
      cost,
      ...more,
    });

  beforeEach(() => {
    limits = new FakeLimits();
  });

  it('decides on all policies of a request in one call, each with its own key', async () => {
    use({ name: 'one' }, { name: 'two', partition: 'tenant' });
    expect(await take(3)).toMatchObject({
      isAllowed: true,
      isDegraded: false,
      standings: [{ client: 'acme:web' }, { client: 'acme' }],
    });
    expect(limits.decided.map((charges) => charges.map(({ key, cost }) => [key, cost]))).toEqual([
      [
        ['test:ratelimit:one:acme:web', 3],
        ['test:ratelimit:two:acme', 3],
      ],
    ]);
  });

  it('refuses a client without Redis until its wait is over, except for cheaper requests', async () => {
    use({ name: 'one' });
    limits.replies['one'] = { waitMs: 60_000, remaining: 1, resetMs: 60_000 };
    expect(await take(2)).toMatchObject({ isAllowed: false });
    expect(await take(2)).toMatchObject({ isAllowed: false, standings: [{ remaining: 1 }] });
    expect(limits.decided).toHaveLength(1);
    await take(1);
    expect(limits.decided).toHaveLength(2);
    expect(await registry.metrics()).toContain('{policy="one",outcome="refused_locally"} 1');
  });

  it('only counts the refusals of a shadow policy', async () => {
    use({ name: 'dark', mode: 'shadow' });
    limits.replies['dark'] = { waitMs: 60_000, remaining: 0, resetMs: 60_000 };
    expect([await take(), await take()]).toMatchObject([{ isAllowed: true }, { isAllowed: true }]);
    expect(await registry.metrics()).toContain('{policy="dark",outcome="would_refuse"} 2');
  });

  it('rejects a request that costs more than a policy ever admits', async () => {
    use({ name: 'one', burst: 4 });
    await expect(take(5)).rejects.toThrow(CostAboveBurstError);
    expect(limits.decided).toHaveLength(0);
  });

  it('admits its share while Redis is down, and charges that to Redis once afterwards', async () => {
    use({ name: 'one' });
    limits.isDown = true;
    const decisions = await Promise.all(Array.from({ length: 8 }, () => take()));
    expect(decisions.filter(({ isAllowed }) => isAllowed)).toHaveLength(5);
    expect(decisions.every(({ isDegraded }) => isDegraded)).toBe(true);
    limits.isDown = false;
    await take();
    await take();
    expect(limits.decided.map(([charge]) => charge?.restored?.owed)).toEqual([5, undefined]);
  });

  it('admits everything or nothing while Redis is down if the policy is open or closed', async () => {
    limits.isDown = true;
    use({ name: 'open', quota: 1, onRedisFailure: 'open' });
    expect([await take(), await take()]).toMatchObject([{ isAllowed: true }, { isAllowed: true }]);
    use({ name: 'closed', onRedisFailure: 'closed' });
    await expect(take()).rejects.toThrow(RateLimitsUnavailableError);
  });

  it('restores what a client has used after Redis has come back', async () => {
    use({ name: 'one' });
    limits.replies['one'] = { waitMs: 0, remaining: 7, resetMs: 60_000 };
    await take(3);
    limits.recoveries++;
    await take();
    expect(limits.decided[1]?.[0]?.restored).toMatchObject({ floor: 3, owed: 0 });
  });

  it('gives the rest of a reservation back', async () => {
    use({ name: 'one' }, { name: 'flat', cost: 1 });
    const { reservation } = await take(8, { settles: true });
    if (!reservation) throw new Error('Nothing was reserved');
    expect(reservation.refunds.map(({ policy }) => policy.name)).toEqual(['one']);
    await limiter.settle(reservation, 2);
    expect(limits.refunds).toEqual([6]);
    await expect(limiter.settle(reservation, 9)).rejects.toThrow(RangeError);
  });

  it('holds a lease for a concurrent request until it is released', async () => {
    use({ name: 'streams', unit: 'concurrent-requests', quota: 2 });
    const { leases } = await take();
    expect(leases.map(({ key }) => key)).toEqual(['test:ratelimit:streams:acme:web:leases']);
    await limiter.release(leases);
    await limiter.release(leases);
    expect(limits.released).toEqual(leases.map(({ id }) => id));
    limiter.onApplicationShutdown();
  });
});
