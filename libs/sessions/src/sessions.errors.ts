/** The tenant has no such session: there is none, or it is another's. Which of the two is not told. */
export class SessionNotFoundError extends Error {
  constructor() {
    super('There is no such session');
    this.name = SessionNotFoundError.name;
  }
}

/** Redis did not confirm it. Safe to try again, an append with its idempotency key. */
export class SessionsUnavailableError extends Error {
  constructor() {
    super('Redis did not confirm it. Try again: an append with the same Idempotency-Key');
    this.name = SessionsUnavailableError.name;
  }
}

export class SessionCompletedError extends Error {
  constructor() {
    super('The transcript is completed: nothing can be appended any more');
    this.name = SessionCompletedError.name;
  }
}

/** An idempotency key that came with other chunks before. */
export class IdempotencyConflictError extends Error {
  constructor() {
    super('This Idempotency-Key came with another request before');
    this.name = IdempotencyConflictError.name;
  }
}

/** A bound of the session would be passed. Nothing was changed. */
export class SessionLimitError extends Error {
  constructor(
    readonly field: 'chunks' | 'metadata',
    detail: string,
  ) {
    super(detail);
    this.name = SessionLimitError.name;
  }
}
