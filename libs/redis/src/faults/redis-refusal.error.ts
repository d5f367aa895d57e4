import { DomainError } from '@app/errors';
import type { Outcome } from '../outcome.js';
import { causeOf } from './fault-log.js';

/** Why a reachable server refuses a command. */
export type RefusalReason = 'wrong-type' | 'full' | 'denied' | 'read-only' | 'loading' | 'misconfigured';

const reasons: Readonly<Record<string, RefusalReason>> = {
  WRONGTYPE: 'wrong-type',
  OOM: 'full',
  NOPERM: 'denied',
  READONLY: 'read-only',
  LOADING: 'loading',
  MISCONF: 'misconfigured',
  NOREPLICAS: 'misconfigured',
};

interface Refusal {
  readonly status: number;
  readonly title: string;
  readonly detail: (keys: string) => string;
  readonly retryAfterSeconds?: number;
}

/** Nothing was changed, so none of the messages asks the client to reuse its Idempotency-Key. */
const refusals: Readonly<Record<RefusalReason, Refusal>> = {
  'wrong-type': {
    status: 500,
    title: 'Unexpected key type in Redis',
    detail: (keys) =>
      `A key of the pattern ${keys} has a type that Marquee does not use there, so another program wrote it. Nothing was changed, and a retry will not help. Delete or rename that key.`,
  },
  full: {
    status: 503,
    title: 'Redis is out of memory',
    detail: (keys) =>
      `Redis has reached maxmemory and has no key to evict for ${keys}. Nothing was stored. Delete data that is no longer needed, or raise maxmemory.`,
    retryAfterSeconds: 10,
  },
  denied: {
    status: 503,
    title: 'Redis permission denied',
    detail: (keys) =>
      `The ACL of Marquee's Redis user does not permit a command or a key of the pattern ${keys}. Nothing was changed. Grant it with ACL SETUSER.`,
  },
  'read-only': {
    status: 503,
    title: 'Redis is read-only',
    detail: () =>
      'This Redis server is a replica: a failover is in progress, or the URL names the wrong server. Nothing was changed.',
    retryAfterSeconds: 1,
  },
  loading: {
    status: 503,
    title: 'Redis is loading its dataset',
    detail: () => 'Redis has just started and is still loading its dataset. Nothing was changed.',
    retryAfterSeconds: 1,
  },
  misconfigured: {
    status: 503,
    title: 'Redis rejects writes',
    detail: () =>
      'Redis cannot save its data or reach its replicas, and rejects writes until it can. Nothing was changed.',
    retryAfterSeconds: 10,
  },
};

/**
 * A reachable Redis refused a command. Nothing was changed, and only an operator, or time, resolves it. Distinguished from
 * an outage, after which callers retry.
 */
export class RedisRefusalError extends DomainError {
  readonly code: string;
  readonly status: number;
  readonly title: string;
  override readonly retryAfterSeconds?: number;

  constructor(
    readonly reason: RefusalReason,
    /** The error code of Redis, such as `OOM`. */
    readonly redisCode: string,
    /** The pattern of the keys in the call, such as `session:{id}:metadata`. */
    readonly keys: string,
  ) {
    const { status, title, detail, retryAfterSeconds } = refusals[reason];
    super(detail(keys));
    this.code = `redis-${reason}`;
    this.status = status;
    this.title = title;
    if (retryAfterSeconds !== undefined) this.retryAfterSeconds = retryAfterSeconds;
  }
}

/** Returns the error for a call that Redis refused; undefined for any other outcome and for a call that may have run. */
export function refusalOf(outcome: Outcome<unknown>, keys: string): RedisRefusalError | undefined {
  if ('mayHaveRun' in outcome && outcome.mayHaveRun) return undefined;
  const cause = causeOf(outcome);
  const reason = cause === undefined ? undefined : reasons[cause];
  return cause === undefined || reason === undefined ? undefined : new RedisRefusalError(reason, cause, keys);
}
