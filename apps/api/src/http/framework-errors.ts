import { HttpException } from '@nestjs/common';
import type { DomainError } from '@app/errors';
import { HttpError, HttpFieldError } from './http.error.js';

/**
 * Converts an exception of Nest or an error of Fastify. Returns undefined for any other error, and for a 5xx whose message
 * may reveal internals.
 */
export function fromFramework(error: unknown): DomainError | undefined {
  if (!(error instanceof Error)) return undefined;
  const status = statusOf(error);
  switch (status) {
    case undefined:
      return undefined;
    case 413:
      return new HttpFieldError('body-too-large', 413, 'body', 'is larger than this server accepts');
    case 415:
      return new HttpFieldError('unsupported-media-type', 415, 'content-type', 'must be application/json');
    case 503:
      return new HttpError('unavailable', 503, error.message);
    default:
      return status < 500 ? new HttpError('http', status, error.message) : undefined;
  }
}

/** Nest keeps only the status of Fastify's errors. */
function statusOf(error: Error): number | undefined {
  return error instanceof HttpException ? error.getStatus() : (error as { statusCode?: number }).statusCode;
}
