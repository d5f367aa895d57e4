import { DomainError, UnavailableError } from '@app/errors';

/** Redis did not confirm an operation on dead letters. */
export class DeadLettersUnavailableError extends UnavailableError {}

/** The dead letter was replayed or deleted, or never existed. */
export class DeadLetterNotFoundError extends DomainError {
  readonly code = 'dead-letter-not-found';
  readonly status = 404;
  readonly title = 'Dead letter not found';

  constructor(id: string) {
    super(`There is no dead letter ${id}. It may have been replayed or deleted.`);
  }
}
