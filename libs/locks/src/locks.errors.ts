/** The lock is another's, and stayed so for as long as one would wait. */
export class LockHeldError extends Error {
  constructor(
    readonly lock: string,
    /** What the other owner's lock has left. */
    readonly retryAfterMs: number,
  ) {
    super(`The lock "${lock}" is held by another`);
    this.name = LockHeldError.name;
  }
}

/** Redis did not say whether the lock is free. */
export class LockUnavailableError extends Error {
  constructor(readonly lock: string) {
    super(`The lock "${lock}" cannot be had: Redis is away`);
    this.name = LockUnavailableError.name;
  }
}

/** The lock was ours and is no more: expired unextended, or deleted. */
export class LockLostError extends Error {
  constructor(readonly lock: string) {
    super(`The lock "${lock}" was lost`);
    this.name = LockLostError.name;
  }
}
