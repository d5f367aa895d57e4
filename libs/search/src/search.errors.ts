import { DomainError, FieldError } from '@app/errors';

/** The index has not been loaded since the process started. */
export class IndexNotLoadedError extends DomainError {
  readonly code = 'index-not-loaded';
  readonly status = 503;
  readonly title = 'Search index not loaded';
  override readonly retryAfterSeconds = 1;

  constructor() {
    super('The search index is still loading. Retry in a second.');
  }
}

/** The cursor does not belong to this request. */
export class InvalidCursorError extends FieldError {
  readonly code = 'invalid-cursor';
  readonly status = 400;
  readonly title = 'Invalid cursor';

  constructor(message: string) {
    super('cursor', message);
  }
}
