import type { Outcome } from '../outcome.js';
import { causeOf } from './fault-log.js';

/** Why a server that answers does not do what it is asked. */
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

/**
 * Redis answered and refused: nothing was changed, and only an operator, or time, makes it work. Distinguished from an
 * outage, whose callers are told to try again.
 */
export class RedisRefusalError extends Error {
  constructor(
    readonly reason: RefusalReason,
    readonly code: string,
    /** The pattern of the keys that the call names, such as `session:{id}:metadata`. */
    readonly keys: string,
  ) {
    super(`Redis refused a command on ${keys}: ${code}`);
    this.name = RedisRefusalError.name;
  }
}

/** The error for a call that a live server refused; undefined for every other outcome, and for one that may have run. */
export function refusalOf(outcome: Outcome<unknown>, keys: string): RedisRefusalError | undefined {
  if ('mayHaveRun' in outcome && outcome.mayHaveRun) return undefined;
  const cause = causeOf(outcome);
  const reason = cause === undefined ? undefined : reasons[cause];
  return cause === undefined || reason === undefined ? undefined : new RedisRefusalError(reason, cause, keys);
}
