import type { DomainError } from '@app/errors';

/** Serializes an error as RFC 9457 problem details. */
export function toProblem(
  { type, code, title, status, message, errors, extensions }: DomainError,
  requestId: string,
) {
  return {
    type: type ?? `urn:marquee:problem:${code}`,
    title,
    status,
    detail: message,
    errors,
    ...extensions,
    instance: `urn:marquee:request:${requestId}`,
  };
}
