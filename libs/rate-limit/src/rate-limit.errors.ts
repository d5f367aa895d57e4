/** A policy that a request was refused by. */
export interface Violation {
  readonly policy: string;
  readonly quota: number;
  readonly windowSeconds: number;
}

/** The client has used up what a policy allows it. Nothing was charged. */
export class RateLimitExceeded extends Error {
  /** Of the first policy that was violated. */
  readonly limit: number;
  readonly windowSeconds: number;

  constructor(
    /** A keyed hash of whose limit it is, as the fields' `pk`; never the key. */
    readonly client: string,
    readonly violations: readonly [Violation, ...Violation[]],
    /** When the longest of the waits is over. */
    readonly retryAfterSeconds: number,
  ) {
    const [{ policy, quota, windowSeconds }] = violations;
    super(
      `The limit "${policy}" of ${quota} per ${windowSeconds} s is used up; try again in ${retryAfterSeconds} s`,
    );
    this.name = RateLimitExceeded.name;
    this.limit = quota;
    this.windowSeconds = windowSeconds;
  }
}

/** A request that no waiting helps: it costs more than a policy ever allows at once. */
export class CostAboveBurstError extends Error {
  constructor(
    readonly policy: string,
    readonly cost: number,
    readonly most: number,
    /** The field that makes it costly. */
    readonly field: string | undefined,
  ) {
    super(`The request costs ${cost}, and the limit "${policy}" allows at most ${most} at once: split it`);
    this.name = CostAboveBurstError.name;
  }
}

/** Redis is away, and the policy or the call wants its word. */
export class RateLimitsUnavailableError extends Error {
  constructor(detail: string) {
    super(detail);
    this.name = RateLimitsUnavailableError.name;
  }
}

/** Overrides are kept in every process: there may be so many and no more. */
export class TooManyOverridesError extends Error {
  constructor(most: number) {
    super(`There are ${most} overrides already: remove one first`);
    this.name = TooManyOverridesError.name;
  }
}

export class UnknownPolicyError extends Error {
  constructor(name: string) {
    super(`There is no policy "${name}"`);
    this.name = UnknownPolicyError.name;
  }
}
