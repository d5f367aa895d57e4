import { DomainError, UnavailableError } from '@app/errors';

/** A rebuild was requested before, and has not succeeded yet. */
export class RebuildUnderWayError extends DomainError {
  readonly code = 'rebuild-under-way';
  readonly status = 409;
  readonly title = 'Rebuild in progress';

  constructor() {
    super('A rebuild of the index is requested or in progress. GET /v1/admin/index shows its progress.');
  }
}

/** Redis did not confirm the request for a rebuild. */
export class RebuildNotQueuedError extends UnavailableError {
  constructor() {
    super('The rebuild was not queued: Redis did not confirm it. Try again.');
  }
}
