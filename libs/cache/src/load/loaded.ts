import type { Lookup } from '../lookup.js';

/** Returned by a load if the upstream responded with 304: the previous value is fresh again. */
export const notModified = Symbol('not modified');

/** A loaded value with the ETag (RFC 9110, section 8.8.3) that a later load can send. */
export class Tagged<T> {
  constructor(
    readonly value: T,
    readonly etag: string,
  ) {}
}

/** A value of a batch that could not be loaded, although others could. Its result has the outcome `error`. */
export class Failed {
  constructor(readonly error: Error) {}
}

/** A loaded value that is returned to its callers but not stored. */
export class Unstored<T> {
  constructor(readonly value: T) {}
}

/** What a load returns for one lookup; undefined if there is no value. */
export type Loaded<T> = T | Tagged<T> | Unstored<T> | Failed | typeof notModified | undefined;

/** Loads the values of these lookups and returns them in the same order. */
export type Load<I, T> = (missing: readonly Lookup<I, T>[]) => Promise<readonly Loaded<T>[]>;

/** Loads the value of one lookup. */
export type LoadOne<I, T> = (missing: Lookup<I, T>) => Promise<Loaded<T>>;
