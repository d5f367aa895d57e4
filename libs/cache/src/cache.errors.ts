import { DomainError } from '@app/errors';

/** A load took longer than callers of its namespace wait. The load continues and fills the cache. */
export class CacheLoadTimeoutError extends DomainError {
  readonly code = 'upstream-timeout';
  readonly status = 504;
  readonly title = 'Upstream timed out';
  override readonly retryAfterSeconds = 1;

  constructor(
    readonly namespace: string,
    readonly timeoutMs: number,
  ) {
    super(`Loading "${namespace}" took longer than ${timeoutMs} ms`);
  }
}
