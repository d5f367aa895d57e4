import { DomainError, type FieldFault } from './domain-error.js';

/** Base class of errors that one field causes. The message names the field, and `errors` lists it. */
export abstract class FieldError extends DomainError {
  override readonly errors: readonly [FieldFault];

  /** @param message continues a sentence that the field begins, such as `must be at most 100 bytes` */
  constructor(field: string, message: string) {
    super(`${field}: ${message}`);
    this.errors = [{ field, message }];
  }
}
