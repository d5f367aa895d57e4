import type { Waiting } from './downstream.js';

/** The state of a consumer, for health checks. */
export interface ConsumerState {
  readonly group: string;
  /** The failure of the downstream; undefined while it works. */
  readonly downstream: Waiting | undefined;
  /** Why the stream cannot be read; undefined while it can be read. */
  readonly reading: { readonly cause: string; readonly since: Date } | undefined;
  /** Number of entries that this consumer owns and has not finished. */
  readonly held: number;
}
