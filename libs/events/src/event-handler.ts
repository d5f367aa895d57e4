import type { StreamEvent } from './event.js';

/** Handles events for a downstream. */
export interface EventHandler {
  /** Also the consumer group: each group gets every event. */
  readonly group: string;
  /** Other events are acknowledged unseen; all are handled where this is left out. */
  readonly types?: readonly string[];
  /**
   * Handles one event. Called at least once for each event: make it harmless to be called again with the same id.
   *
   * What it throws decides what happens next. A RetryLaterError, an error of the operating system (`ENOSPC`,
   * `ECONNREFUSED`) or of Redis says that the downstream is at fault: the whole group waits with backoff until it is
   * repaired, and nothing is counted. Any other error counts as an attempt of this event, which becomes a dead letter
   * after `attempts` of them.
   */
  handle(event: StreamEvent, signal: AbortSignal): Promise<void>;
}

export interface RetryLaterOptions {
  readonly cause?: unknown;
  /** Short and bounded, such as `ENOSPC` or `HTTP 503`: names the cause in logs and health. */
  readonly code?: string;
  /** When the downstream said that it may be asked again. */
  readonly retryAfterMs?: number | undefined;
}

/** Thrown by a handler when the downstream is at fault and not the event: it is retried for as long as it takes. */
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

/** Thrown by a handler when the downstream refuses this very event: retried a few times, then set aside. */
export class EventRejectedError extends Error {
  /**
   * @param code short and without the downstream's own words, such as `HTTP 422`: what the log says
   * @param message kept with the dead letter
   */
  constructor(
    readonly code: string,
    message: string,
  ) {
    super(message);
    this.name = EventRejectedError.name;
  }
}

/** The RetryLaterError that an error is or stands for; undefined when the event itself may be at fault. */
export function toRetryLater(error: unknown): RetryLaterError | undefined {
  if (error instanceof RetryLaterError) return error;
  if (!(error instanceof Error)) return undefined;
  const { code, errno } = error as Error & { code?: unknown; errno?: unknown };
  if (typeof code !== 'string') return undefined;
  // Errors of the operating system carry a number, those of libs/redis a code of their own.
  const isRepairable = typeof errno === 'number' || code.startsWith('REDIS_');
  return isRepairable ? new RetryLaterError(error.message, { cause: error, code }) : undefined;
}
