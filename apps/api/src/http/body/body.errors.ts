import { DomainError, FieldError } from '@app/errors';

/** The body is larger than its route accepts. */
export class BodyTooLargeError extends FieldError {
  readonly code = 'body-too-large';
  readonly status = 413;
  readonly title = 'Request body too large';

  constructor(maxBytes: number) {
    super('body', `is larger than the ${maxBytes} bytes that this route accepts`);
  }
}

/** The body arrived too slowly or stalled. */
export class BodyTimeoutError extends FieldError {
  readonly code = 'body-timeout';
  readonly status = 408;
  readonly title = 'Request timed out';

  constructor() {
    super('body', 'did not arrive in time');
  }
}

/** The client closed the connection before the whole body arrived. No one receives the response. */
export class BodyAbortedError extends FieldError {
  readonly code = 'invalid-request';
  readonly status = 400;
  readonly title = 'Invalid request';

  constructor() {
    super('body', 'is incomplete because the connection was closed');
  }
}

/** The receive buffer, which all bodies share, has no room for more. */
export class ReceiveBufferFullError extends DomainError {
  readonly code: string;
  readonly status: number;
  readonly title: string;
  override readonly retryAfterSeconds = 1;

  /** @param isOwnShare whether this client itself uses most of the buffer */
  constructor(isOwnShare: boolean) {
    super(
      isOwnShare
        ? 'You are sending more bytes at once than one client may. Send fewer bodies at a time.'
        : 'This process is already receiving as many bytes as it can hold. Try again.',
    );
    this.code = isOwnShare ? 'too-many-bytes' : 'overloaded';
    this.status = isOwnShare ? 429 : 503;
    this.title = isOwnShare ? 'Too many bytes in flight' : 'Server overloaded';
  }
}
