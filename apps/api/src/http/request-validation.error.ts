import { DomainError, type FieldFault } from '@app/errors';

/** A request does not match the schema of its route. */
export class RequestValidationError extends DomainError {
  readonly code = 'invalid-request';
  readonly status = 400;
  readonly title = 'Invalid request';

  constructor(override readonly errors: readonly FieldFault[]) {
    super(errors.map(({ field, message }) => `${field}: ${message}`).join('; '));
  }
}
