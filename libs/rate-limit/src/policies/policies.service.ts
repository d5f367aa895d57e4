import { createHash, randomBytes, randomUUID } from 'node:crypto';
import { Injectable, type OnApplicationShutdown, type OnModuleInit } from '@nestjs/common';
import { MarqueeConfig } from '@app/config';
import { TooManyOverridesError } from '../rate-limit.errors.js';
import type { CompiledPolicy } from './compiled-policy.js';
import { readConfiguredPolicies } from './configured-policies.js';
import { PoliciesRepository } from './policies.repository.js';
import { PolicySync } from './policy-sync.js';
import { type RateLimitOverride, type RateLimitPolicySet, withFailurePolicy } from './policy.js';

const maxOverrides = 1_000;

/**
 * Provides the policies that apply to each client. They come from `RATE_LIMIT_POLICIES_FILE`, or from `MAX_REQUESTS_PER_WINDOW` and
 * `RATE_LIMIT_WINDOW`. Changes at run time are stored in Redis and reach every process within a second. A configuration that
 * differs from the one in Redis replaces it.
 */
@Injectable()
export class PoliciesService implements OnModuleInit, OnApplicationShutdown {
  private shared!: PolicySync;

  constructor(
    private readonly config: MarqueeConfig,
    private readonly repository: PoliciesRepository,
  ) {}

  /** @throws ConfigurationError if the file cannot be read or is invalid */
  async onModuleInit(): Promise<void> {
    const set = withFailurePolicy(await readConfiguredPolicies(this.config.rateLimit));
    const base = createHash('sha256').update(JSON.stringify(set)).digest('hex');
    const salt = randomBytes(16).toString('hex');
    this.shared = new PolicySync(this.repository, { version: randomUUID(), salt, base, set, overrides: [] });
    await this.shared.start();
  }

  async onApplicationShutdown(): Promise<void> {
    await this.shared.stop();
  }

  /** Processes that share the limits, as far as known. */
  get replicas(): number {
    return this.shared.fleet.processes;
  }

  /** Whether Redis replied within about the last second, even if it did not have to decide. */
  get isReachable(): boolean {
    return this.shared.fleet.isReachable;
  }

  /** How many times Redis was found to have lost its data. */
  get dataLosses(): number {
    return this.shared.fleet.dataLosses;
  }

  /** Until this time (`performance.now()`), Redis may not have the usage that the processes restore yet. */
  get untrustedUntilMs(): number {
    return this.shared.fleet.untrustedUntilMs;
  }

  get version(): string {
    return this.shared.document.version;
  }

  /** Keys the hashes by which clients see themselves. */
  get salt(): string {
    return this.shared.document.salt;
  }

  /** The policies and the overrides, as administrators see them. */
  get settings(): {
    version: string;
    replicas: number;
    overrides: readonly RateLimitOverride[];
  } & RateLimitPolicySet {
    const { version, set, overrides } = this.shared.document;
    return { version, replicas: this.replicas, ...set, overrides };
  }

  /** Returns the policies of a plan, only those for a route if its pattern is given. */
  ofPlan(plan: string, route: string | undefined): readonly CompiledPolicy[] {
    return this.shared.table.ofPlan(plan, route);
  }

  /** Returns the policies by address that apply to a route before authentication. */
  ofAddress(route: string | undefined): readonly CompiledPolicy[] {
    return this.shared.table.ofAddress(route);
  }

  /** The policies by address that failed authentications and malformed requests are charged to. */
  get ofFailures(): readonly CompiledPolicy[] {
    return this.shared.table.ofFailures;
  }

  /** Returns the policies of a plan that count the bytes of a route's bodies. */
  countingBytes(plan: string, route: string): readonly CompiledPolicy[] {
    return this.shared.table.countingBytes(plan, route);
  }

  /** @throws UnknownPolicyError */
  named(name: string): { policy: CompiledPolicy; isBeforeAuthentication: boolean } {
    return this.shared.table.named(name);
  }

  /** Returns the client's override of the policy if it has one, otherwise the policy. */
  effective(policy: CompiledPolicy, client: string): CompiledPolicy {
    return this.shared.table.effective(policy, client);
  }

  /** Replaces all policies. @throws RateLimitsUnavailableError if Redis did not accept it */
  async replace(given: RateLimitPolicySet): Promise<void> {
    const set = withFailurePolicy(given);
    const names = new Set(set.policies.map(({ name }) => name));
    await this.shared.change((document) => ({
      ...document,
      set,
      overrides: document.overrides.filter(({ policy }) => names.has(policy)),
    }));
  }

  /** Gives a client its own quota. @throws UnknownPolicyError, TooManyOverridesError, RateLimitsUnavailableError */
  async override(override: RateLimitOverride): Promise<void> {
    this.named(override.policy);
    await this.shared.change((document) => {
      const overrides = [...withoutOverride(document.overrides, override), override];
      if (overrides.length > maxOverrides) throw new TooManyOverridesError(maxOverrides);
      return { ...document, overrides };
    });
  }

  /** Removes a client's own quota. Returns false if it had none. @throws RateLimitsUnavailableError */
  async removeOverride(of: Pick<RateLimitOverride, 'policy' | 'client'>): Promise<boolean> {
    let existed = false;
    await this.shared.change((document) => {
      const overrides = withoutOverride(document.overrides, of);
      existed = overrides.length < document.overrides.length;
      return { ...document, overrides };
    });
    return existed;
  }

  /** Makes every process discard what it knows about clients, because something was reset. */
  async announce(): Promise<void> {
    await this.shared.change((document) => document);
  }

  /** Adopts the policies in Redis. Never rejects: without Redis, nothing changes. */
  async sync(): Promise<void> {
    await this.shared.sync();
  }
}

function withoutOverride(
  overrides: readonly RateLimitOverride[],
  { policy, client }: Pick<RateLimitOverride, 'policy' | 'client'>,
): RateLimitOverride[] {
  return overrides.filter((other) => other.policy !== policy || other.client !== client);
}
