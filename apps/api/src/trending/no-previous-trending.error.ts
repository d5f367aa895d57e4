import { DomainError } from '@app/errors';

/** There is no previous trending set to restore. */
export class NoPreviousTrendingError extends DomainError {
  readonly code = 'no-previous-trending';
  readonly status = 409;
  readonly title = 'No previous trending set';

  constructor() {
    super('There is no previous trending set to restore.');
  }
}
