import { type Outcome, refusalOf } from '@app/redis';
import { SessionsUnavailableError, StorageFullError } from './sessions.errors.js';

/** The value of a confirmed call. @throws StorageFullError, RedisRefusalError, SessionsUnavailableError */
export function confirmed<T>(outcome: Outcome<T>): T {
  if (outcome.status === 'ok') return outcome.value;
  if (outcome.status === 'error' && outcome.fault.kind === 'full') throw new StorageFullError();
  throw refusalOf(outcome, 'session:{id}:* or tenant:{id}:sessions') ?? new SessionsUnavailableError();
}
