import type { StreamEvent } from '../event.js';

/** Passes events on to a downstream, such as a file or a webhook. */
export interface EventHandler {
  /** The name of the consumer group. Each group receives every event. */
  readonly group: string;
  /** Event types to handle; all by default. Events of other types are acknowledged without being handled. */
  readonly types?: readonly string[];
  /**
   * Handles an event. Delivery is at least once, so handling an event with the same id again must be harmless.
   *
   * If this throws a RetryLaterError, an error of the operating system (`ENOSPC`, `ECONNREFUSED`) or an error of Redis,
   * the downstream has failed: the consumer retries with backoff until it recovers, and no attempt is counted. Any other
   * error counts as a failed attempt of this event. After the maximum number of attempts the event becomes a dead letter.
   */
  handle(event: StreamEvent, signal: AbortSignal): Promise<void>;
}

export interface RetryLaterOptions {
  readonly cause?: unknown;
  /** A short code of the cause for logs and health checks, such as `ENOSPC` or `HTTP 503`. */
  readonly code?: string;
  /** The delay that the downstream requested. */
  readonly retryAfterMs?: number | undefined;
}

/** Thrown by a handler if the downstream has failed. The event is retried until the downstream recovers. */
export class RetryLaterError extends Error {
  readonly code: string;
  readonly retryAfterMs: number | undefined;

  constructor(message: string, { cause, code, retryAfterMs }: RetryLaterOptions = {}) {
    super(message, { cause });
    this.name = RetryLaterError.name;
    this.code = code ?? 'downstream failed';
    this.retryAfterMs = retryAfterMs;
  }
}

/** Thrown by a handler if the downstream rejects this event. The event is retried, and finally becomes a dead letter. */
export class EventRejectedError extends Error {
  /**
   * @param code a short code for the log, such as `HTTP 422`, without text from the downstream
   * @param message the reason that is stored with the dead letter
   */
  constructor(
    readonly code: string,
    message: string,
  ) {
    super(message);
    this.name = EventRejectedError.name;
  }
}

/** Returns the RetryLaterError for an error that the downstream caused; undefined if the event may have caused it. */
export function toRetryLater(error: unknown): RetryLaterError | undefined {
  if (error instanceof RetryLaterError) return error;
  if (!(error instanceof Error)) return undefined;
  const { code, errno } = error as Error & { code?: unknown; errno?: unknown };
  if (typeof code !== 'string') return undefined;
  // Errors of the operating system have an `errno`, and errors of Redis a code with this prefix.
  const isTemporary = typeof errno === 'number' || code.startsWith('REDIS_');
  return isTemporary ? new RetryLaterError(error.message, { cause: error, code }) : undefined;
}
