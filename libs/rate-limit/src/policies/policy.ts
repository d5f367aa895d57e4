import { z } from 'zod';
import { periods } from '../algorithms/algorithm.js';
import { algorithmNames, type AlgorithmName, algorithmTypeOf } from '../algorithms/algorithms.js';

const name = z.string().regex(/^[a-z0-9][a-z0-9-]{0,31}$/, {
  error: 'must be 1 to 32 lower-case letters, digits or "-"',
});
const wholeNumber = (min: number, max: number) => {
  const error = `must be a whole number from ${min} to ${max}`;
  return z.int({ error }).min(min, { error }).max(max, { error });
};
const yearSeconds = 31_622_400;
const maxPolicies = 32;
/** Leases are renewed every five seconds. */
const minLeaseSeconds = 15;

/** The members that a policy and an override share. */
const amounts = {
  /** Units in a window. */
  quota: wholeNumber(1, 1_000_000_000),
  /** Length of the window. For `concurrent-requests`, how long a lease outlives a process that died. Not for calendar. */
  windowSeconds: wholeNumber(1, yearSeconds).optional(),
  /** GCRA: units that are admitted at once; the quota by default. Any t seconds admit at most burst + quota · t / window. */
  burst: wholeNumber(1, 1_000_000_000).optional(),
};

/** Returns the default algorithm. Earlier versions named one for concurrent requests too, where it has no meaning. */
function algorithmOf(policy: {
  algorithm?: AlgorithmName | undefined;
  burst?: number | undefined;
  unit: string;
}): AlgorithmName | undefined {
  const { algorithm, burst, unit } = policy;
  if (unit === 'concurrent-requests') return algorithm === 'gcra' ? undefined : algorithm;
  return algorithm ?? (burst === undefined ? 'sliding-window' : 'gcra');
}

/** How much a client may use, and what happens when the quota is used up. */
export const policySchema = z
  .strictObject({
    name,
    /** `sliding-window` by default, or `gcra` for a policy with a burst. Concurrent requests have none. */
    algorithm: z.enum(algorithmNames).optional(),
    ...amounts,
    /** Calendar: minute, hour, day, week (from Monday) or month, in UTC. */
    period: z.enum(periods).optional(),
    /** Whose requests are counted together. `key`: the API key, or the address without keys. `user`: the X-User-Id field. */
    partition: z.enum(['key', 'tenant', 'user', 'address']).default('key'),
    /** What is counted: requests by their cost, bytes of their bodies, or requests in progress. */
    unit: z.enum(['requests', 'content-bytes', 'concurrent-requests']).default('requests'),
    /** The cost of every request, instead of its route's cost. */
    cost: wholeNumber(1, 1_000_000).optional(),
    /** `shadow` counts refusals without enforcing them. */
    mode: z.enum(['enforce', 'shadow']).default('enforce'),
    /** While Redis is down: each process enforces its share of the quota, no limit, or no service. */
    onRedisFailure: z.enum(['local', 'open', 'closed']).default('local'),
    /** Prefixes of the routes that it applies to, such as `/v1/embeddings`; all by default. */
    routes: z.array(z.string().startsWith('/').max(128)).max(32).optional(),
  })
  .overwrite((policy) => ({ ...policy, algorithm: algorithmOf(policy) }))
  .check(({ value: policy, issues }) => {
    const fault = (field: string, message: string): void =>
      void issues.push({ code: 'custom', path: [field], message, input: policy });
    const { required, optional } = algorithmTypeOf(policy);
    const kind =
      policy.algorithm === undefined ? 'concurrent requests' : `the algorithm "${policy.algorithm}"`;
    for (const option of ['period', 'windowSeconds', 'burst'] as const) {
      const isGiven = policy[option] !== undefined;
      if (!isGiven && required.includes(option)) fault(option, `is required for ${kind}`);
      if (isGiven && ![...required, ...optional].includes(option)) fault(option, `does not apply to ${kind}`);
    }
    if (policy.unit === 'concurrent-requests') {
      if ((policy.windowSeconds ?? minLeaseSeconds) < minLeaseSeconds)
        fault('windowSeconds', `must be at least ${minLeaseSeconds} for concurrent requests`);
      if (policy.algorithm !== undefined) fault('algorithm', 'does not apply to concurrent requests');
      if (policy.cost !== undefined) fault('cost', 'does not apply to concurrent requests');
    }
  });

/** A client's own quota. */
export const overrideSchema = z.strictObject({
  policy: name,
  /** As in the Redis key: `tenant:key`, `tenant`, `tenant:user`, `tenant:address`, or the address before authentication. */
  client: z.string().min(1).max(256),
  ...amounts,
  /** ISO 8601; without it the override does not expire. */
  expiresAt: z.iso.datetime().optional(),
});

const policyNames = z.array(name).max(maxPolicies);

/** All policies, and which clients each applies to. */
export const policySetSchema = z
  .strictObject({
    policies: z.array(policySchema).max(maxPolicies),
    /** The policies of each plan of API keys; `default` applies to plans that are not listed. */
    plans: z
      .record(z.string().regex(/^[A-Za-z0-9][A-Za-z0-9._-]{0,63}$/), policyNames)
      .refine((plans) => 'default' in plans, { error: 'must have the plan "default"' }),
    /** Policies by address that apply before authentication. */
    beforeAuthentication: policyNames.default([]),
    /** Policies by address that failed authentications and malformed requests are charged to; a built-in one by default. */
    onFailure: policyNames.optional(),
  })
  .check(({ value: { policies, plans, beforeAuthentication, onFailure = [] }, issues }) => {
    const fault = (path: (string | number)[], message: string): void =>
      void issues.push({ code: 'custom', path, message, input: policies });
    const byName = new Map(policies.map((policy) => [policy.name, policy]));
    policies.forEach((policy, index) => {
      if (byName.get(policy.name) !== policy)
        fault(['policies', index, 'name'], `"${policy.name}" is already the name of another policy`);
    });
    const refer = (path: (string | number)[], used: string): void => {
      if (!byName.has(used)) fault(path, `there is no policy "${used}"`);
    };
    for (const [plan, names] of Object.entries(plans)) {
      names.forEach((used, index) => {
        refer(['plans', plan, index], used);
        if (beforeAuthentication.includes(used))
          fault(['plans', plan, index], `"${used}" already applies before authentication`);
        if (onFailure.includes(used)) fault(['plans', plan, index], `"${used}" already counts failures`);
      });
    }
    onFailure.forEach((used, index) => {
      refer(['onFailure', index], used);
      const policy = byName.get(used);
      if (policy && (policy.partition !== 'address' || policy.unit !== 'requests'))
        fault(['onFailure', index], `"${used}" must have the partition "address" and the unit "requests"`);
      if (beforeAuthentication.includes(used))
        fault(['onFailure', index], `"${used}" already applies before authentication`);
    });
    beforeAuthentication.forEach((used, index) => {
      refer(['beforeAuthentication', index], used);
      const policy = byName.get(used);
      if (policy && policy.partition !== 'address')
        fault(['beforeAuthentication', index], `"${used}" must have the partition "address"`);
      if (policy && policy.unit === 'content-bytes')
        fault(['beforeAuthentication', index], `"${used}" counts the body, which has not been read yet`);
    });
  });

/** GCRA, so that an address is admitted again soon after the guesses end, and not a whole window later. */
const failurePolicy = {
  name: 'failed-requests',
  algorithm: 'gcra',
  quota: 100,
  windowSeconds: 60,
  partition: 'address',
} as const;

/** Adds the built-in policy for failures, unless the set names its own. */
export function withFailurePolicy(set: RateLimitPolicySet): RateLimitPolicySet {
  if (set.onFailure) return set;
  const { name: builtIn } = failurePolicy;
  const namesake = set.policies.find(({ name: taken }) => taken === builtIn);
  if (!namesake) {
    const policies = [...set.policies, policySchema.parse(failurePolicy)];
    return { ...set, policies, onFailure: [builtIn] };
  }
  // Either a set that was read here and sent back without the member, or an operator's policy that counts something else.
  const isUsed = [set.beforeAuthentication, ...Object.values(set.plans)].some((names) =>
    names.includes(builtIn),
  );
  const countsFailures = !isUsed && namesake.partition === 'address' && namesake.unit === 'requests';
  return { ...set, onFailure: countsFailures ? [builtIn] : [] };
}

export type RateLimitPolicy = z.output<typeof policySchema>;
export type RateLimitOverride = z.output<typeof overrideSchema>;
export type RateLimitPolicySet = z.output<typeof policySetSchema>;
