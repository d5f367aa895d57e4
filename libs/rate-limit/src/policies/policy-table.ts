import { UnknownPolicyError } from '../rate-limit.errors.js';
import { CompiledPolicy } from './compiled-policy.js';
import type { PolicyDocument } from './policy-document.js';

/** Maximum number of cached combinations of route and plan; more than any deployment has. */
const maxResolved = 10_000;

/** The compiled policies of one document, and the clients that they apply to. */
export class PolicyTable {
  private readonly policies: ReadonlyMap<string, CompiledPolicy>;
  private readonly overrides: ReadonlyMap<string, { policy: CompiledPolicy; endsMs: number }>;
  private readonly beforeAuthentication: readonly CompiledPolicy[];
  private readonly resolved = new Map<string, readonly CompiledPolicy[]>();
  readonly ofFailures: readonly CompiledPolicy[];

  constructor(private readonly document: PolicyDocument) {
    const { set, overrides } = document;
    this.policies = new Map(set.policies.map((policy) => [policy.name, new CompiledPolicy(policy)]));
    this.beforeAuthentication = this.allNamed(set.beforeAuthentication);
    this.ofFailures = this.allNamed(set.onFailure ?? []);
    this.overrides = new Map(
      overrides.flatMap((override) => {
        const policy = this.policies.get(override.policy);
        const endsMs = override.expiresAt === undefined ? Infinity : Date.parse(override.expiresAt);
        if (!policy) return [];
        return [[`${override.policy} ${override.client}`, { policy: policy.overriddenBy(override), endsMs }]];
      }),
    );
  }

  /** Returns the policies of a plan, only those for a route if its pattern is given. */
  ofPlan(plan: string, route: string | undefined): readonly CompiledPolicy[] {
    const { plans } = this.document.set;
    return this.resolve(`${plan} ${route ?? ''}`, route, () =>
      this.allNamed((Object.hasOwn(plans, plan) ? plans[plan] : plans['default']) ?? []),
    );
  }

  ofAddress(route: string | undefined): readonly CompiledPolicy[] {
    if (this.beforeAuthentication.length === 0) return this.beforeAuthentication;
    return this.resolve(` ${route ?? ''}`, route, () => this.beforeAuthentication);
  }

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
      this.beforeAuthentication.includes(policy) || this.ofFailures.includes(policy);
    return { policy, isBeforeAuthentication };
  }

  /** Returns the client's override of the policy if it has one, otherwise the policy. */
  effective(policy: CompiledPolicy, client: string): CompiledPolicy {
    if (this.overrides.size === 0) return policy;
    const override = this.overrides.get(`${policy.name} ${client}`);
    return override && override.endsMs > Date.now() ? override.policy : policy;
  }

  /** The schema has checked that all names exist. */
  private allNamed(names: readonly string[]): readonly CompiledPolicy[] {
    return names.map((name) => this.policies.get(name) as CompiledPolicy);
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
