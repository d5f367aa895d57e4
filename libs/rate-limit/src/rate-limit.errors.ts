import { DomainError, type FieldFault, UnavailableError } from '@app/errors';

/** A policy that refused a request. */
export interface Violation {
  readonly policy: string;
  readonly quota: number;
  readonly windowSeconds: number;
}

/** The client has used up the quota of a policy. Nothing was charged. */
export class RateLimitExceeded extends DomainError {
  readonly code = 'quota-exceeded';
  readonly status = 429;
  readonly title = 'Rate limit exceeded';
  /** Registered by draft-ietf-httpapi-ratelimit-headers. */
  override readonly type = 'https://iana.org/assignments/http-problem-types#quota-exceeded';
  override readonly openAiCode = 'rate_limit_exceeded';
  override readonly extensions: Readonly<Record<string, unknown>>;
  /** Quota of the first violated policy. */
  readonly limit: number;
  readonly windowSeconds: number;

  constructor(
    /** A keyed hash that names whose limit it is, as in the `pk` parameter of the response fields; never the API key. */
    readonly client: string,
    readonly violations: readonly [Violation, ...Violation[]],
    /** When the longest of the waits is over. */
    override readonly retryAfterSeconds: number,
  ) {
    const [{ policy, quota, windowSeconds }] = violations;
    super(
      `The limit "${policy}" of ${quota} per ${windowSeconds} s is exceeded. Try again in ${retryAfterSeconds} s.`,
    );
    this.extensions = { 'violated-policies': violations.map((violation) => violation.policy) };
    this.limit = quota;
    this.windowSeconds = windowSeconds;
  }
}

/** The request costs more than a policy ever allows at once, so waiting does not help. */
export class CostAboveBurstError extends DomainError {
  readonly code = 'cost-above-burst';
  readonly status = 422;
  readonly title = 'Request exceeds the burst limit';
  override readonly extensions: Readonly<Record<string, unknown>>;
  override readonly errors?: readonly FieldFault[];

  /** @param field the field that makes the request expensive */
  constructor(policy: string, cost: number, maxCost: number, field: string | undefined) {
    const message = `The request costs ${cost}, and the limit "${policy}" allows at most ${maxCost} at once. Split the request.`;
    super(message);
    this.extensions = { 'violated-policies': [policy] };
    if (field !== undefined) this.errors = [{ field, message }];
  }
}

/** Redis is down, and the policy or the call requires its decision. */
export class RateLimitsUnavailableError extends UnavailableError {}

/** The maximum number of overrides, all of which every process holds in memory, is reached. */
export class TooManyOverridesError extends DomainError {
  readonly code = 'too-many-overrides';
  readonly status = 409;
  readonly title = 'Too many overrides';

  constructor(maxOverrides: number) {
    super(`There are already ${maxOverrides} overrides. Remove one first.`);
  }
}

export class UnknownPolicyError extends DomainError {
  readonly code = 'policy-not-found';
  readonly status = 404;
  readonly title = 'Policy not found';
  override readonly errors: readonly FieldFault[];

  constructor(name: string) {
    const message = `There is no policy "${name}".`;
    super(message);
    this.errors = [{ field: 'policy', message }];
  }
}
