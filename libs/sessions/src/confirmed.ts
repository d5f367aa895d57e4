import { type Outcome, refusalOf } from '@app/redis';
import { SessionsUnavailableError } from './sessions.errors.js';

/** Returns the value of a successful call. @throws RedisRefusalError, SessionsUnavailableError */
export function confirmed<T>(outcome: Outcome<T>): T {
  if (outcome.status === 'ok') return outcome.value;
  throw refusalOf(outcome, 'session:{id}:* or tenant:{id}:sessions') ?? new SessionsUnavailableError();
}
