/** Why a call failed, without keys or payload. */
export interface RedisFault {
  readonly kind:
    | 'connection' // refused, closed, reset, handshake failed
    | 'not-serving' // LOADING, READONLY, MASTERDOWN, CLUSTERDOWN, TRYAGAIN: this server, now
    | 'full' // OOM: over maxmemory and nothing to evict
    | 'denied' // NOAUTH, WRONGPASS, NOPERM
    | 'reply'; // any other error reply: the command itself is at fault
  readonly code: string;
}

/**
 * The result of a Redis call, whatever happened to the socket. Calls never reject and never exceed their budget.
 *
 * `mayHaveRun` says whether a call without a reply may have run on the server, because a timeout does not cancel a command.
 * Unless it is idempotent, such a call ran at most once.
 */
export type Outcome<T> =
  | { readonly status: 'ok'; readonly value: T }
  | { readonly status: 'miss' }
  | { readonly status: 'timeout'; readonly mayHaveRun: boolean }
  | { readonly status: 'unavailable'; readonly fault: RedisFault; readonly mayHaveRun: boolean }
  | { readonly status: 'error'; readonly fault: RedisFault };

export const ok = <T>(value: T): Outcome<T> => ({ status: 'ok', value });
export const miss: Outcome<never> = { status: 'miss' };
