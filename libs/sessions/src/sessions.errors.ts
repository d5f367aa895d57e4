import { DomainError, type FieldFault, UnavailableError } from '@app/errors';

/** The tenant has no such session: it does not exist or belongs to another tenant. The error does not reveal which. */
export class SessionNotFoundError extends DomainError {
  readonly code = 'session-not-found';
  readonly status = 404;
  readonly title = 'Session not found';

  constructor() {
    super('There is no session with this id.');
  }
}

/** Redis did not confirm the operation. A retry is safe, for appends with the same idempotency key. */
export class SessionsUnavailableError extends UnavailableError {
  constructor() {
    super('Redis did not confirm the operation. Retry it; for an append, use the same Idempotency-Key.');
  }
}

export class SessionCompletedError extends DomainError {
  readonly code = 'session-completed';
  readonly status = 409;
  readonly title = 'Transcript already completed';

  constructor() {
    super('The transcript is completed, so nothing more can be appended.');
  }
}

/** The idempotency key was used before, with other chunks. */
export class IdempotencyConflictError extends DomainError {
  readonly code = 'idempotency-conflict';
  readonly status = 422;
  readonly title = 'Idempotency key reused';
  override readonly errors: readonly FieldFault[];

  constructor() {
    const message = 'This Idempotency-Key was already used with a different request.';
    super(message);
    this.errors = [{ field: 'Idempotency-Key', message }];
  }
}

/** The sessions of the tenant, or of all tenants together, have used up the memory they may use. Nothing was changed. */
export class SessionsFullError extends DomainError {
  readonly code: string;
  readonly status: number;
  readonly title: string;
  override readonly retryAfterSeconds?: number;
  override readonly extensions?: Readonly<Record<string, unknown>>;

  constructor(
    readonly scope: 'tenant' | 'server',
    heldBytes: number,
    maxBytes: number,
  ) {
    const isTenant = scope === 'tenant';
    super(
      isTenant
        ? `The tenant's sessions hold ${heldBytes} of at most ${maxBytes} bytes; the last quarter is reserved for sessions of up to 65,536 bytes. Delete sessions, complete transcripts with deleteTranscript, or wait until sessions expire.`
        : `All sessions together hold ${heldBytes} bytes, which is as much as this server allows. Delete sessions, or try again later.`,
    );
    this.code = isTenant ? 'tenant-full' : 'storage-full';
    this.status = isTenant ? 413 : 503;
    this.title = isTenant ? 'Tenant storage quota exceeded' : 'Session storage full';
    if (isTenant) this.extensions = { heldBytes, maxBytes };
    else this.retryAfterSeconds = 30;
  }
}

/** Concurrent updates kept changing the state that this request tried to merge into. Nothing was changed. */
export class SessionContendedError extends DomainError {
  readonly code = 'session-contended';
  readonly status = 409;
  readonly title = 'Session update conflict';
  override readonly retryAfterSeconds = 1;

  constructor() {
    super('Too many requests are changing the state of this session at the same time. Try again.');
  }
}

/** The change would exceed a limit of the session. Nothing was changed. */
export class SessionLimitError extends DomainError {
  readonly code = 'session-too-large';
  readonly status = 413;
  readonly title = 'Session too large';
  override readonly errors: readonly FieldFault[];

  constructor(field: 'chunks' | 'metadata' | 'state', message: string) {
    super(message);
    this.errors = [{ field, message }];
  }
}
