import { createHash, randomBytes, randomUUID } from 'node:crypto';
import { readFile } from 'node:fs/promises';
import { Injectable, Logger, type OnApplicationShutdown, type OnModuleInit } from '@nestjs/common';
import { z } from 'zod';
import { ConfigurationError, MarqueeConfig } from '@app/config';
import {
  RateLimitsUnavailableError,
  TooManyOverridesError,
  UnknownPolicyError,
} from '../rate-limit.errors.js';
import { CompiledPolicy } from './compiled-policy.js';
import { PoliciesRepository } from './policies.repository.js';
import {
  overrideSchema,
  type RateLimitOverride,
  type RateLimitPolicySet,
  policySetSchema,
  withFailurePolicy,
} from './policy.js';

/** How soon a change that was made elsewhere holds here. */
const syncEveryMs = 1_000;
const maxOverrides = 1_000;
/** After the server has lost its data every process gets so long to tell it what it knows, before it is believed. */
const graceMs = 1_000;
/** Routes times plans; more than any deployment has. */
const maxResolved = 10_000;

/** What the processes share of the limiter's settings. */
const documentSchema = z.object({
  version: z.string(),
  /** Keys the hashes that clients see of themselves. */
  salt: z.string(),
  /** Digest of the policies of the configuration that this began with. */
  base: z.string(),
  set: policySetSchema,
  overrides: z.array(overrideSchema),
});
type Document = z.output<typeof documentSchema>;

/**
 * Which policies hold for whom. They come from `RATE_LIMIT_POLICIES_FILE`, or are one of `MAX_REQUESTS_PER_WINDOW` in
 * `RATE_LIMIT_WINDOW`; what administrators change at run time is kept in Redis and reaches every process in a second.
 * A configuration that is another than the one that Redis has been given replaces it.
 */
@Injectable()
export class PoliciesService implements OnModuleInit, OnApplicationShutdown {
  private readonly logger = new Logger('RateLimit');
  private document!: Document;
  private policies = new Map<string, CompiledPolicy>();
  private overrides = new Map<string, { policy: CompiledPolicy; endsMs: number }>();
  private readonly resolved = new Map<string, readonly CompiledPolicy[]>();
  private beforeAuthentication: readonly CompiledPolicy[] = [];
  private onFailure: readonly CompiledPolicy[] = [];
  private processes = 1;
  private isShared = false;
  private since: string | undefined;
  private losses = 0;
  private reachable = false;
  private believedFromMs = 0;
  private complained = '';
  private timer: NodeJS.Timeout | undefined;

  constructor(
    private readonly config: MarqueeConfig,
    private readonly repository: PoliciesRepository,
  ) {}

  /** Processes that share the limits, as far as is known. */
  get replicas(): number {
    return this.processes;
  }

  /** Whether Redis answered a moment ago, though nobody may have asked it to decide. */
  get isReachable(): boolean {
    return this.reachable;
  }

  /** How often the server was found to have lost its data. */
  get timesLost(): number {
    return this.losses;
  }

  /** Until then (`performance.now()`) the server does not know yet what the processes know. */
  get untrustedUntilMs(): number {
    return this.believedFromMs;
  }

  get version(): string {
    return this.document.version;
  }

  get salt(): string {
    return this.document.salt;
  }

  /** The policies as they are set, and the overrides of clients. */
  get settings(): {
    version: string;
    replicas: number;
    overrides: readonly RateLimitOverride[];
  } & RateLimitPolicySet {
    const { version, set, overrides } = this.document;
    return { version, replicas: this.processes, ...set, overrides };
  }

  /** @throws ConfigurationError when the file cannot be read or is not valid */
  async onModuleInit(): Promise<void> {
    const set = withFailurePolicy(await this.configured());
    const base = createHash('sha256').update(JSON.stringify(set)).digest('hex');
    this.adopt({ version: randomUUID(), salt: randomBytes(16).toString('hex'), base, set, overrides: [] });
    await this.sync();
    this.timer = setInterval(() => void this.sync(), syncEveryMs);
    this.timer.unref();
  }

  async onApplicationShutdown(): Promise<void> {
    clearInterval(this.timer);
    await this.repository.leave();
  }

  /** Of a plan's policies those for a route, given by its pattern; all of them without one. */
  ofPlan(plan: string, route: string | undefined): readonly CompiledPolicy[] {
    const { plans } = this.document.set;
    return this.resolve(`${plan} ${route ?? ''}`, route, () => {
      const names = (Object.hasOwn(plans, plan) ? plans[plan] : plans['default']) ?? [];
      return names.map((name) => this.policies.get(name) as CompiledPolicy);
    });
  }

  /** The policies by address for a route, before a key is looked at. */
  ofAddress(route: string | undefined): readonly CompiledPolicy[] {
    if (this.beforeAuthentication.length === 0) return this.beforeAuthentication;
    return this.resolve(` ${route ?? ''}`, route, () => this.beforeAuthentication);
  }

  /** The policies by address that failed authentications and malformed requests are charged to. */
  get ofFailures(): readonly CompiledPolicy[] {
    return this.onFailure;
  }

  /** Of a plan's policies those that count the bytes of a route's bodies. */
  countingBytes(plan: string, route: string): readonly CompiledPolicy[] {
    return this.resolve(`bytes ${plan} ${route}`, route, () =>
      this.ofPlan(plan, route).filter(({ countsBytes }) => countsBytes),
    );
  }

  /** @throws UnknownPolicyError */
  named(name: string): { policy: CompiledPolicy; isBeforeAuthentication: boolean } {
    const policy = this.policies.get(name);
    if (!policy) throw new UnknownPolicyError(name);
    const isBeforeAuthentication =
      this.beforeAuthentication.includes(policy) || this.onFailure.includes(policy);
    return { policy, isBeforeAuthentication };
  }

  /** The policy, or the client's own in its place. */
  effective(policy: CompiledPolicy, client: string): CompiledPolicy {
    if (this.overrides.size === 0) return policy;
    const override = this.overrides.get(`${policy.name} ${client}`);
    return override && override.endsMs > Date.now() ? override.policy : policy;
  }

  /** Replaces all policies. @throws RateLimitsUnavailableError when Redis did not take it */
  async replace(given: RateLimitPolicySet): Promise<void> {
    const set = withFailurePolicy(given);
    await this.change((document) => {
      const overrides = document.overrides.filter(({ policy }) =>
        set.policies.some(({ name }) => name === policy),
      );
      return { ...document, set, overrides };
    });
  }

  /** Gives a client a quota of its own. @throws UnknownPolicyError, TooManyOverridesError, RateLimitsUnavailableError */
  async override(override: RateLimitOverride): Promise<void> {
    this.named(override.policy);
    await this.change((document) => {
      const overrides = [...withoutOverride(document.overrides, override), override];
      if (overrides.length > maxOverrides) throw new TooManyOverridesError(maxOverrides);
      return { ...document, overrides };
    });
  }

  /** Takes a client's own quota away; false where it had none. @throws RateLimitsUnavailableError */
  async removeOverride(of: Pick<RateLimitOverride, 'policy' | 'client'>): Promise<boolean> {
    let had = false;
    await this.change((document) => {
      const overrides = withoutOverride(document.overrides, of);
      had = overrides.length < document.overrides.length;
      return { ...document, overrides };
    });
    return had;
  }

  /** Makes every process forget what it knows of clients, because something was reset. */
  async announce(): Promise<void> {
    await this.change((document) => document);
  }

  /** Reads anew what is shared. Never rejects: without Redis everything stays as it is. */
  async sync(): Promise<void> {
    const outcome = await this.repository.sync(this.isShared ? this.version : '');
    this.reachable = outcome.status === 'ok';
    if (outcome.status !== 'ok') return;
    const { processes, since, sinceAgoMs, version, json } = outcome.value;
    if (this.since !== undefined && this.since !== since) {
      this.losses++;
      this.believedFromMs = performance.now() + Math.max(0, graceMs - sinceAgoMs);
    }
    this.since = since;
    // A server that has lost its data counts those that have told it of themselves: a share must not grow for that.
    const known = performance.now() < this.believedFromMs ? this.processes : 1;
    this.processes = Math.max(known, processes);
    const theirs = json === undefined ? undefined : this.parse(json);
    if (theirs && (this.isShared || theirs.base === this.document.base)) {
      this.adopt(theirs);
      this.isShared = true;
    } else if (version === undefined || theirs) {
      // None there, or of another configuration than ours, which is the newer one.
      await this.share(version, theirs);
    }
  }

  private async configured(): Promise<RateLimitPolicySet> {
    const { policiesFile, maxRequests, windowSeconds } = this.config.rateLimit;
    if (policiesFile === undefined) {
      return policySetSchema.parse({
        policies: [{ name: 'default', quota: maxRequests, windowSeconds }],
        plans: { default: ['default'] },
      });
    }
    const fault = (message: string): ConfigurationError =>
      new ConfigurationError([{ variable: 'RATE_LIMIT_POLICIES_FILE', message }]);
    let json: unknown;
    try {
      json = JSON.parse(await readFile(policiesFile, 'utf8'));
    } catch (error) {
      const { code } = error as NodeJS.ErrnoException;
      throw fault(code ? `cannot be read (${code}): ${policiesFile}` : `is not JSON: ${policiesFile}`);
    }
    const { data, error } = policySetSchema.safeParse(json);
    if (data) return data;
    throw fault(error.issues.map(({ path, message }) => `${path.join('.') || 'file'} ${message}`).join('; '));
  }

  private async share(readVersion: string | undefined, theirs: Document | undefined): Promise<void> {
    const { set } = this.document;
    const kept = theirs?.overrides.filter(({ policy }) => set.policies.some(({ name }) => name === policy));
    const mine = theirs ? { ...this.document, salt: theirs.salt, overrides: kept ?? [] } : this.document;
    // What the server has lost is given back as it was: nothing has changed.
    const isSame = this.isShared && !theirs;
    const document = isSame ? this.document : { ...mine, version: randomUUID() };
    const published = await this.repository.publish(readVersion, document.version, JSON.stringify(document));
    if (published.status !== 'ok' || !published.value || isSame) return;
    this.adopt(document);
    this.isShared = true;
  }

  private async change(make: (document: Document) => Document): Promise<void> {
    for (let attempt = 0; attempt < 5; attempt++) {
      await this.sync();
      if (!this.isShared) break;
      const document = { ...make(this.document), version: randomUUID() };
      const published = await this.repository.publish(
        this.version,
        document.version,
        JSON.stringify(document),
      );
      if (published.status !== 'ok') break;
      if (!published.value) continue;
      this.adopt(document);
      return;
    }
    throw new RateLimitsUnavailableError(
      'Redis did not take the change. Look whether it holds, and try again.',
    );
  }

  /** What another version of Marquee wrote may not be understood here. */
  private parse(json: string): Document | undefined {
    try {
      return documentSchema.parse(JSON.parse(json));
    } catch (error) {
      const message = (error as Error).message;
      if (message !== this.complained)
        this.logger.error('The policies in Redis are not understood here; ours stay');
      this.complained = message;
      return undefined;
    }
  }

  private adopt(document: Document): void {
    const { set } = document;
    this.document = document;
    this.policies = new Map(set.policies.map((policy) => [policy.name, new CompiledPolicy(policy)]));
    this.beforeAuthentication = set.beforeAuthentication.map(
      (name) => this.policies.get(name) as CompiledPolicy,
    );
    this.onFailure = (set.onFailure ?? []).map((name) => this.policies.get(name) as CompiledPolicy);
    this.overrides = new Map(
      document.overrides.flatMap((override) => {
        const policy = this.policies.get(override.policy);
        const endsMs = override.expiresAt === undefined ? Infinity : Date.parse(override.expiresAt);
        if (!policy) return [];
        return [[`${override.policy} ${override.client}`, { policy: policy.overriddenBy(override), endsMs }]];
      }),
    );
    this.resolved.clear();
  }

  private resolve(
    key: string,
    route: string | undefined,
    candidates: () => readonly CompiledPolicy[],
  ): readonly CompiledPolicy[] {
    const known = this.resolved.get(key);
    if (known) return known;
    const policies = candidates().filter((policy) => route === undefined || policy.appliesTo(route));
    if (this.resolved.size < maxResolved) this.resolved.set(key, policies);
    return policies;
  }
}

function withoutOverride(
  overrides: readonly RateLimitOverride[],
  { policy, client }: Pick<RateLimitOverride, 'policy' | 'client'>,
): RateLimitOverride[] {
  return overrides.filter((other) => other.policy !== policy || other.client !== client);
}
