export type UpstreamFailure =
  | 'timeout'
  | 'unreachable'
  | 'rejected' // a 4xx: asking again will not help
  | 'failed' // a 5xx or 429 that outlasted the retries
  | 'invalid-answer'
  | 'busy' // it asked for a pause (Retry-After) that is not over yet
  | 'overloaded'; // our own concurrency limit or breaker said no

/** An upstream could not be had, or its answer could not be used. The message never holds a secret. */
export class UpstreamError extends Error {
  /** The upstream's HTTP status, where it gave one. */
  readonly status: number | undefined;
  /** When asking again may help. */
  readonly retryAfterMs: number | undefined;

  constructor(
    readonly upstream: string,
    readonly failure: UpstreamFailure,
    detail: string,
    options: { status?: number; retryAfterMs?: number; cause?: unknown } = {},
  ) {
    super(`${upstream}: ${detail}`, { cause: options.cause });
    this.name = UpstreamError.name;
    this.status = options.status;
    this.retryAfterMs = options.retryAfterMs;
  }
}
