import { DomainError, UnavailableError } from '@app/errors';

/** A snapshot in Redis is incomplete, damaged, or of an unknown format. Processes keep the index that they have. */
export class UnreadableSnapshotError extends Error {
  constructor(problem: string, options?: ErrorOptions) {
    super(`The snapshot of the index cannot be read: ${problem}`, options);
    this.name = UnreadableSnapshotError.name;
  }
}

/** Redis did not confirm that a new index was published. */
export class IndexNotPublishedError extends UnavailableError {
  constructor(problem: string) {
    super(`The new index was not published: ${problem}. The previous index stays in use. Try again.`);
  }
}

/** Another builder published an index after this one had started. */
export class IndexSupersededError extends DomainError {
  readonly code = 'index-superseded';
  readonly status = 409;
  readonly title = 'Index superseded';

  constructor() {
    super('Another index was published meanwhile, so this one was discarded. Try again.');
  }
}
