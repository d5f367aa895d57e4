import type { RedisFault } from './redis.errors.js';

/**
 * What a Redis call came to, whatever the socket did. Calls never reject and never outlast their budget.
 *
 * `mayHaveRun` tells, of a call that has no answer, whether the server may have run it all the same: a timed-out
 * command is not cancelled. Nothing is ever sent twice, so such a call ran once or not at all.
 */
export type Outcome<T> =
  | { readonly status: 'ok'; readonly value: T }
  | { readonly status: 'miss' }
  | { readonly status: 'timeout'; readonly mayHaveRun: boolean }
  | { readonly status: 'unavailable'; readonly fault: RedisFault; readonly mayHaveRun: boolean }
  | { readonly status: 'error'; readonly fault: RedisFault };

export const ok = <T>(value: T): Outcome<T> => ({ status: 'ok', value });
export const miss: Outcome<never> = { status: 'miss' };
