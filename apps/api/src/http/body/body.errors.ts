/** The body is larger than its route takes. */
export class BodyTooLargeError extends Error {
  constructor(readonly maxBytes: number) {
    super(`is larger than the ${maxBytes} bytes that are taken here`);
    this.name = BodyTooLargeError.name;
  }
}

/** The body came too slowly, or stopped coming. */
export class BodyTimeoutError extends Error {
  constructor() {
    super('did not arrive in time');
    this.name = BodyTimeoutError.name;
  }
}

/** The client closed the connection before the whole body had arrived. Nobody is left to be told. */
export class BodyAbortedError extends Error {
  constructor() {
    super('did not arrive: the connection was closed');
    this.name = BodyAbortedError.name;
  }
}

/** As many bytes of bodies as this process takes at once are being received already. */
export class ReceiveBufferFullError extends Error {
  readonly retryAfterSeconds = 1;

  constructor(
    /** Whether most of them are this client's own. */
    readonly isOwnShare: boolean,
  ) {
    super(
      isOwnShare
        ? 'You are sending more bytes at once than one client may: send fewer bodies at a time'
        : 'More bytes are being received than this process takes at once; try again',
    );
    this.name = ReceiveBufferFullError.name;
  }
}
