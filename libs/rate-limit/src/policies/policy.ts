import { z } from 'zod';

const name = z.string().regex(/^[a-z0-9][a-z0-9-]{0,31}$/, {
  error: 'must be 1 to 32 lower-case letters, digits or "-"',
});
const wholeNumber = (least: number, most: number) => {
  const error = `must be a whole number from ${least} to ${most}`;
  return z.int({ error }).min(least, { error }).max(most, { error });
};
const yearSeconds = 31_622_400;
const maxPolicies = 32;
/** Leases are renewed every five seconds. */
const leastLeaseSeconds = 15;

export const algorithms = ['sliding-window', 'gcra', 'fixed-window', 'calendar'] as const;
export const periods = ['minute', 'hour', 'day', 'week', 'month'] as const;

/** The members that a policy and an override of it have in common. */
const amounts = {
  /** Units in a window. */
  quota: wholeNumber(1, 1_000_000_000),
  /** Length of the window; of `concurrent-requests` how long a lease outlives a process that died. Not for calendar. */
  windowSeconds: wholeNumber(1, yearSeconds).optional(),
  /** GCRA: units that may come at once; the quota by default. Any t seconds admit at most burst + quota · t / window. */
  burst: wholeNumber(1, 1_000_000_000).optional(),
};

type Algorithm = (typeof algorithms)[number];

/** What a policy that names no algorithm has. Earlier versions named one for requests under way too, without a meaning. */
function algorithmOf(policy: {
  algorithm?: Algorithm | undefined;
  burst?: number | undefined;
  unit: string;
}): Algorithm | undefined {
  const { algorithm, burst, unit } = policy;
  if (unit === 'concurrent-requests') return algorithm === 'gcra' ? undefined : algorithm;
  return algorithm ?? (burst === undefined ? 'sliding-window' : 'gcra');
}

/** What a client may use up, and what happens then. */
export const policySchema = z
  .strictObject({
    name,
    /** `sliding-window` by default, or `gcra` for a policy with a burst. Requests under way have none. */
    algorithm: z.enum(algorithms).optional(),
    ...amounts,
    /** Calendar: minute, hour, day, week (from Monday) or month, in UTC. */
    period: z.enum(periods).optional(),
    /** Whose requests are counted together. `key`: the API key, without keys the address. `user`: the X-User-Id field. */
    partition: z.enum(['key', 'tenant', 'user', 'address']).default('key'),
    /** What is counted: requests by their cost, bytes of their bodies, or those under way at once. */
    unit: z.enum(['requests', 'content-bytes', 'concurrent-requests']).default('requests'),
    /** What every request costs, in place of what its route says. */
    cost: wholeNumber(1, 1_000_000).optional(),
    /** `shadow`: refusals are counted, not made. */
    mode: z.enum(['enforce', 'shadow']).default('enforce'),
    /** While Redis is away: a limiter in each process with its share of the quota, no limit, or no service. */
    onRedisFailure: z.enum(['local', 'open', 'closed']).default('local'),
    /** Only for routes that begin so, such as `/v1/embeddings`; all by default. */
    routes: z.array(z.string().startsWith('/').max(128)).max(32).optional(),
  })
  .overwrite((policy) => ({ ...policy, algorithm: algorithmOf(policy) }))
  .check(({ value: policy, issues }) => {
    const fault = (field: string, message: string): void =>
      void issues.push({ code: 'custom', path: [field], message, input: policy });
    const isCalendar = policy.algorithm === 'calendar';
    if (isCalendar && !policy.period) fault('period', 'is required of a calendar quota');
    if (!isCalendar && policy.period) fault('period', 'is for the algorithm "calendar" alone');
    if (isCalendar && policy.windowSeconds !== undefined)
      fault('windowSeconds', 'is not for a calendar quota: its period says it');
    if (!isCalendar && policy.windowSeconds === undefined) fault('windowSeconds', 'is required');
    if (policy.algorithm !== 'gcra' && policy.burst !== undefined)
      fault('burst', 'is for the algorithm "gcra" alone');
    if (policy.unit === 'concurrent-requests') {
      if ((policy.windowSeconds ?? leastLeaseSeconds) < leastLeaseSeconds)
        fault('windowSeconds', `must be at least ${leastLeaseSeconds} for concurrent requests`);
      if (policy.algorithm !== undefined) fault('algorithm', 'does not apply to concurrent requests');
      if (policy.burst !== undefined) fault('burst', 'does not apply to concurrent requests');
      if (policy.cost !== undefined) fault('cost', 'does not apply to concurrent requests');
    }
  });

/** A client whose quota is its own. */
export const overrideSchema = z.strictObject({
  policy: name,
  /** As keys have it: `tenant:key`, `tenant`, `tenant:user`, `tenant:address`, or before authentication the address. */
  client: z.string().min(1).max(256),
  ...amounts,
  /** ISO 8601; for good where there is none. */
  expiresAt: z.iso.datetime().optional(),
});

const policyNames = z.array(name).max(maxPolicies);

/** All policies, and for whom each is. */
export const policySetSchema = z
  .strictObject({
    policies: z.array(policySchema).max(maxPolicies),
    /** The policies of each plan of API keys; `default` is for plans that are not named here. */
    plans: z
      .record(z.string().regex(/^[A-Za-z0-9][A-Za-z0-9._-]{0,63}$/), policyNames)
      .refine((plans) => 'default' in plans, { error: 'must have the plan "default"' }),
    /** Policies by address that hold before a key is looked at. */
    beforeAuthentication: policyNames.default([]),
    /** Policies by address that failed authentications and malformed requests are charged to; built in by default. */
    onFailure: policyNames.optional(),
  })
  .check(({ value: { policies, plans, beforeAuthentication, onFailure = [] }, issues }) => {
    const fault = (path: (string | number)[], message: string): void =>
      void issues.push({ code: 'custom', path, message, input: policies });
    const byName = new Map(policies.map((policy) => [policy.name, policy]));
    policies.forEach((policy, index) => {
      if (byName.get(policy.name) !== policy)
        fault(['policies', index, 'name'], `"${policy.name}" is the name of another policy too`);
    });
    const refer = (path: (string | number)[], used: string): void => {
      if (!byName.has(used)) fault(path, `there is no policy "${used}"`);
    };
    for (const [plan, names] of Object.entries(plans)) {
      names.forEach((used, index) => {
        refer(['plans', plan, index], used);
        if (beforeAuthentication.includes(used))
          fault(['plans', plan, index], `"${used}" holds before authentication already`);
        if (onFailure.includes(used)) fault(['plans', plan, index], `"${used}" counts failures already`);
      });
    }
    onFailure.forEach((used, index) => {
      refer(['onFailure', index], used);
      const policy = byName.get(used);
      if (policy && (policy.partition !== 'address' || policy.unit !== 'requests'))
        fault(['onFailure', index], `"${used}" must have the partition "address" and the unit "requests"`);
      if (beforeAuthentication.includes(used))
        fault(['onFailure', index], `"${used}" holds before authentication already`);
    });
    beforeAuthentication.forEach((used, index) => {
      refer(['beforeAuthentication', index], used);
      const policy = byName.get(used);
      if (policy && policy.partition !== 'address')
        fault(['beforeAuthentication', index], `"${used}" must have the partition "address"`);
      if (policy && policy.unit === 'content-bytes')
        fault(['beforeAuthentication', index], `"${used}" counts a body that is not read yet`);
    });
  });

/** GCRA, so that an address is open again to others as soon as the guesses end, and not a whole window later. */
const failurePolicy = {
  name: 'failed-requests',
  algorithm: 'gcra',
  quota: 100,
  windowSeconds: 60,
  partition: 'address',
} as const;

/** Adds the built-in policy that failures are charged to, unless the set says itself which ones these are. */
export function withFailurePolicy(set: RateLimitPolicySet): RateLimitPolicySet {
  if (set.onFailure) return set;
  const { name: builtIn } = failurePolicy;
  const namesake = set.policies.find(({ name: taken }) => taken === builtIn);
  if (!namesake) {
    const policies = [...set.policies, policySchema.parse(failurePolicy)];
    return { ...set, policies, onFailure: [builtIn] };
  }
  // Read from here and sent back without the member, or a policy of the operator's own that counts something else.
  const isUsed = [set.beforeAuthentication, ...Object.values(set.plans)].some((names) =>
    names.includes(builtIn),
  );
  const countsFailures = !isUsed && namesake.partition === 'address' && namesake.unit === 'requests';
  return { ...set, onFailure: countsFailures ? [builtIn] : [] };
}

export type RateLimitPolicy = z.output<typeof policySchema>;
export type RateLimitOverride = z.output<typeof overrideSchema>;
export type RateLimitPolicySet = z.output<typeof policySetSchema>;
