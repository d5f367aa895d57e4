import { DomainError } from './domain-error.js';

/** Base class of errors for operations that Redis did not confirm: a 503 that asks the client to retry after a second. */
export abstract class UnavailableError extends DomainError {
  readonly code = 'unavailable';
  readonly status = 503;
  readonly title = 'Service unavailable';
  override readonly retryAfterSeconds = 1;
}
