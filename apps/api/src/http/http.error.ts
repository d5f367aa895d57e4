import { DomainError, FieldError } from '@app/errors';

const titles: Readonly<Record<number, string>> = {
  400: 'Invalid request',
  404: 'Not found',
  405: 'Method not allowed',
  408: 'Request timed out',
  413: 'Request body too large',
  414: 'URL too long',
  415: 'Unsupported media type',
  417: 'Expectation failed',
  431: 'Request header fields too large',
  503: 'Service unavailable',
};

const titleOf = (status: number): string => titles[status] ?? `HTTP ${status}`;

/** An error of the HTTP layer itself: routing, parsing, or a framework's own. */
export class HttpError extends DomainError {
  readonly title: string;

  constructor(
    readonly code: string,
    readonly status: number,
    detail: string,
  ) {
    super(detail);
    this.title = titleOf(status);
  }
}

/** An error of the HTTP layer that one field causes. */
export class HttpFieldError extends FieldError {
  readonly title: string;

  constructor(
    readonly code: string,
    readonly status: number,
    field: string,
    message: string,
  ) {
    super(field, message);
    this.title = titleOf(status);
  }
}

/** The response to an unexpected error. It reveals nothing but the id under which the error is logged. */
export class InternalError extends DomainError {
  readonly code = 'internal';
  readonly status = 500;
  readonly title = 'Internal server error';

  constructor(requestId: string) {
    super(`Quote request ${requestId} when you report this error.`);
  }
}
