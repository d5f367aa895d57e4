/** What a load may build on: the stale value that it is to replace, and the ETag that came with it. */
export interface Previous<T> {
  readonly value: T;
  readonly etag: string;
}

/** What a load answers when the upstream said 304: the previous value is fresh again. */
export const notModified = Symbol('not modified');

/** A loaded value with the ETag (RFC 9110, section 8.8.3) that a later load may ask by. */
export class Tagged<T> {
  constructor(
    readonly value: T,
    readonly etag: string,
  ) {}
}

/** One value of a batch that could not be loaded, while others could: its answer's outcome is `error`. */
export class Failed {
  constructor(readonly error: Error) {}
}

/** A loaded value that is good enough for those who wait, but not to be kept. */
export class Unstored<T> {
  constructor(readonly value: T) {}
}

/** One loaded value; undefined means "there is none". */
export type Loaded<T> = T | Tagged<T> | Unstored<T> | Failed | typeof notModified | undefined;
