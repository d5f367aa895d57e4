import { DomainError, toRetryAfterSeconds, UnavailableError } from '@app/errors';

/** Another owner held the lock for as long as the caller was willing to wait. */
export class LockHeldError extends DomainError {
  readonly code = 'busy';
  readonly status = 409;
  readonly title = 'Another update is in progress';
  override readonly retryAfterSeconds: number;

  constructor(
    readonly lock: string,
    /** How long the other owner's lock remains valid. */
    readonly retryAfterMs: number,
  ) {
    super(`The lock "${lock}" is held by another process. Try again.`);
    this.retryAfterSeconds = toRetryAfterSeconds(retryAfterMs);
  }
}

/** Redis did not say whether the lock is free. */
export class LockUnavailableError extends UnavailableError {
  constructor(readonly lock: string) {
    super(`The lock "${lock}" could not be acquired: Redis is unavailable`);
  }
}

/** The lock expired before it was extended, or was deleted. */
export class LockLostError extends UnavailableError {
  constructor(readonly lock: string) {
    super(`The lock "${lock}" was lost`);
  }
}
