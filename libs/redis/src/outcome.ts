/** Why a call failed, in words that carry no key and no payload. */
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
 * What a Redis call came to, whatever the socket did. Calls never reject and never outlast their budget.
 *
 * `mayHaveRun` tells, of a call that has no answer, whether the server may have run it all the same: a timed-out
 * command is not canceled. Nothing is ever sent twice, so such a call ran once or not at all.
 */
export type Outcome<T> =
  | { readonly status: 'ok'; readonly value: T }
  | { readonly status: 'miss' }
  | { readonly status: 'timeout'; readonly mayHaveRun: boolean }
  | { readonly status: 'unavailable'; readonly fault: RedisFault; readonly mayHaveRun: boolean }
  | { readonly status: 'error'; readonly fault: RedisFault };

export const ok = <T>(value: T): Outcome<T> => ({ status: 'ok', value });
export const miss: Outcome<never> = { status: 'miss' };
