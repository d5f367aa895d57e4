import type { FieldFault } from './problem.js';

/** What a client sent does not fit the route's schema. */
export class RequestValidationError extends Error {
  constructor(readonly faults: readonly FieldFault[]) {
    super(faults.map(({ field, message }) => `${field}: ${message}`).join('; '));
    this.name = RequestValidationError.name;
  }
}
