export { DomainError, type FieldFault } from './domain-error.js';
export { FieldError } from './field-error.js';
export { toRetryAfterSeconds } from './retry-after.js';
export { UnavailableError } from './unavailable.error.js';
