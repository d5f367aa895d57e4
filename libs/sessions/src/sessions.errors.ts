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

/** The sessions of the tenant, or of all tenants, hold as much memory as they may. Nothing was changed. */
export class SessionsFullError extends Error {
  constructor(
    readonly scope: 'tenant' | 'server',
    readonly heldBytes: number,
    readonly maxBytes: number,
  ) {
    super(
      scope === 'tenant'
        ? `The tenant's sessions hold ${heldBytes} of at most ${maxBytes} bytes; the last quarter is for sessions of up to 65,536 bytes. Delete sessions, complete transcripts with deleteTranscript, or wait until sessions expire`
        : `All sessions together hold ${heldBytes} bytes, as much as this server can take. Delete sessions, or try again later`,
    );
    this.name = SessionsFullError.name;
  }
}

/** Redis has no memory left. Nothing was changed. */
export class StorageFullError extends Error {
  constructor() {
    super('Redis has no memory left for this. Delete sessions, or try again later');
    this.name = StorageFullError.name;
  }
}

/** Other requests changed the state again and again while this one tried to merge into it. Nothing was changed. */
export class SessionContendedError extends Error {
  constructor() {
    super('Too many requests change the state of this session at the same time. Try again.');
    this.name = SessionContendedError.name;
  }
}

/** A bound of the session would be passed. Nothing was changed. */
export class SessionLimitError extends Error {
  constructor(
    readonly field: 'chunks' | 'metadata' | 'state',
    detail: string,
  ) {
    super(detail);
    this.name = SessionLimitError.name;
  }
}
