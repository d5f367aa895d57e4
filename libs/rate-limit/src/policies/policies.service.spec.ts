import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import type { MarqueeConfig } from '@app/config';
import type { Outcome } from '@app/redis';
import { RateLimitsUnavailableError, UnknownPolicyError } from '../rate-limit.errors.js';
import type { PoliciesRepository, Sync } from './policies.repository.js';
import { PoliciesService } from './policies.service.js';
import type { PolicyDocument } from './policy-document.js';
import { type RateLimitPolicySet, policySetSchema } from './policy.js';

const down: Outcome<never> = { status: 'timeout', mayHaveRun: false };

/** The policies in Redis, which several services share. */
class FakeRedisPolicies {
  isDown = false;
  since = '1';
  processes = 1;
  document: PolicyDocument | undefined;

  sync(knownVersion: string): Promise<Outcome<Sync>> {
    if (this.isDown) return Promise.resolve(down);
    const version = this.document?.version;
    const value = {
      processes: this.processes,
      since: this.since,
      sinceAgoMs: 0,
      version,
      document: version === knownVersion ? undefined : this.document,
      isReadable: true,
    };
    return Promise.resolve({ status: 'ok', value });
  }

  publish(readVersion: string | undefined, document: PolicyDocument): Promise<Outcome<boolean>> {
    if (this.isDown) return Promise.resolve(down);
    const isCurrent = this.document?.version === readVersion;
    if (isCurrent) this.document = document;
    return Promise.resolve({ status: 'ok', value: isCurrent });
  }

  leave(): Promise<void> {
    return Promise.resolve();
  }
}

const setOf = (policies: readonly Record<string, unknown>[], more = {}): RateLimitPolicySet =>
  policySetSchema.parse({
    policies: policies.map((policy) => ({ quota: 10, windowSeconds: 60, ...policy })),
    plans: { default: policies.map(({ name }) => name) },
    onFailure: [],
    ...more,
  });

describe(PoliciesService.name, () => {
  let redis: FakeRedisPolicies;
  let started: PoliciesService[];
  const start = async (maxRequests = 100): Promise<PoliciesService> => {
    const config = { rateLimit: { maxRequests, windowSeconds: 60 } } as MarqueeConfig;
    const service = new PoliciesService(config, redis as unknown as PoliciesRepository);
    started.push(service);
    await service.onModuleInit();
    return service;
  };
  const names = (policies: readonly { name: string }[]): string[] => policies.map(({ name }) => name);

  beforeEach(() => {
    redis = new FakeRedisPolicies();
    started = [];
  });
  afterEach(async () => {
    for (const service of started) await service.onApplicationShutdown();
  });

  it('publishes the configured policies, which processes of the same configuration adopt', async () => {
    const [one, other] = [await start(), await start()];
    expect(names(one.ofPlan('default', '/v1/search'))).toEqual(['default']);
    expect(names(one.ofFailures)).toEqual(['failed-requests']);
    expect(other.version).toBe(one.version);
    expect(other.salt).toBe(one.salt);
  });

  it('replaces the policies of another configuration, and keeps the overrides of those that still exist', async () => {
    const old = await start(100);
    await old.override({ policy: 'default', client: 'acme:web', quota: 5 });
    const next = await start(200);
    await old.sync();
    expect(old.settings.policies[0]?.quota).toBe(200);
    expect(next.settings.overrides).toMatchObject([{ client: 'acme:web', quota: 5 }]);
  });

  it('selects the policies of a plan by route, and those of "default" for an unknown plan', async () => {
    const service = await start();
    const policies = [{ name: 'all' }, { name: 'tasks', routes: ['/v1/tasks'] }, { name: 'paid' }];
    await service.replace(setOf(policies, { plans: { default: ['all', 'tasks'], pro: ['paid'] } }));
    expect(names(service.ofPlan('default', '/v1/search'))).toEqual(['all']);
    expect(names(service.ofPlan('none', '/v1/tasks/:id'))).toEqual(['all', 'tasks']);
    expect(names(service.ofPlan('pro', '/v1/search'))).toEqual(['paid']);
    expect(names(service.ofPlan('constructor', undefined))).toEqual(['all', 'tasks']);
  });

  it('applies an override to its client until it expires or is removed', async () => {
    const service = await start();
    const quotaOf = (client: string): number | undefined => {
      const [policy] = service.ofPlan('default', undefined);
      return policy && service.effective(policy, client).capacity;
    };
    await service.override({ policy: 'default', client: 'acme:web', quota: 5 });
    await service.override({
      policy: 'default',
      client: 'acme:old',
      quota: 5,
      expiresAt: '2020-01-01T00:00:00Z',
    });
    expect([quotaOf('acme:web'), quotaOf('acme:old'), quotaOf('acme:app')]).toEqual([5, 100, 100]);
    expect(await service.removeOverride({ policy: 'default', client: 'acme:web' })).toBe(true);
    expect(await service.removeOverride({ policy: 'default', client: 'acme:web' })).toBe(false);
    expect(quotaOf('acme:web')).toBe(100);
    await expect(service.override({ policy: 'none', client: 'x', quota: 1 })).rejects.toThrow(
      UnknownPolicyError,
    );
  });

  it('makes a change on top of a concurrent one', async () => {
    const [one, other] = [await start(), await start()];
    await one.override({ policy: 'default', client: 'a', quota: 1 });
    await other.override({ policy: 'default', client: 'b', quota: 2 });
    expect(other.settings.overrides.map(({ client }) => client)).toEqual(['a', 'b']);
  });

  it('keeps the policies without Redis, and refuses changes', async () => {
    redis.isDown = true;
    const service = await start();
    expect(names(service.ofPlan('default', undefined))).toEqual(['default']);
    expect(service.isReachable).toBe(false);
    await expect(service.replace(setOf([{ name: 'one' }]))).rejects.toThrow(RateLimitsUnavailableError);
  });

  it('detects a data loss, publishes the policies again and does not trust Redis at first', async () => {
    redis.processes = 3;
    const service = await start();
    const { version } = service;
    Object.assign(redis, { since: '2', processes: 1, document: undefined });
    await service.sync();
    expect(service.dataLosses).toBe(1);
    expect(service.untrustedUntilMs).toBeGreaterThan(performance.now());
    // Two processes have not reported again yet: the share must not grow.
    expect(service.replicas).toBe(3);
    expect(redis.document).toMatchObject({ version });
  });
});
