import { DomainError } from '@app/errors';

/** This process already serves the maximum number of listeners. */
export class TooManyListenersError extends DomainError {
  readonly code = 'too-many-listeners';
  readonly status = 503;
  readonly title = 'Too many event listeners';
  override readonly retryAfterSeconds = 5;

  constructor(maxListeners: number) {
    super(`This process already serves ${maxListeners} event listeners. Try again later.`);
  }
}
