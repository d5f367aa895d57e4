import { DomainError, toRetryAfterSeconds } from '@app/errors';

export type UpstreamFailure =
  | 'timeout'
  | 'unreachable'
  | 'rejected' // a 4xx that a retry will not change
  | 'failed' // a 5xx or 429 after the last retry
  | 'invalid-answer'
  | 'busy' // within a pause that the upstream requested (Retry-After)
  | 'overloaded'; // stopped by Marquee's own concurrency limit or breaker

const kinds = {
  timeout: { code: 'upstream-timeout', status: 504, title: 'Upstream timed out' },
  unreachable: { code: 'upstream-failed', status: 503, title: 'Upstream failed' },
  rejected: { code: 'upstream-rejected', status: 502, title: 'Upstream rejected the request' },
  failed: { code: 'upstream-failed', status: 503, title: 'Upstream failed' },
  'invalid-answer': { code: 'upstream-invalid', status: 502, title: 'Invalid upstream response' },
  busy: { code: 'upstream-busy', status: 503, title: 'Upstream requested a pause' },
  overloaded: { code: 'upstream-overloaded', status: 503, title: 'Upstream temporarily unavailable' },
} as const satisfies Record<UpstreamFailure, { code: string; status: number; title: string }>;

export interface UpstreamErrorOptions extends ErrorOptions {
  /** HTTP status of the upstream's response, if there was one. */
  readonly upstreamStatus?: number;
  /** When a retry may succeed. */
  readonly retryAfterMs?: number;
}

/** An upstream failed, or its response was unusable. The message never contains a secret. */
export class UpstreamError extends DomainError {
  readonly code: string;
  readonly status: number;
  readonly title: string;
  override readonly retryAfterSeconds?: number;
  readonly upstreamStatus: number | undefined;
  readonly retryAfterMs: number | undefined;

  constructor(
    readonly upstream: string,
    readonly failure: UpstreamFailure,
    detail: string,
    { upstreamStatus, retryAfterMs, ...options }: UpstreamErrorOptions = {},
  ) {
    super(`${upstream}: ${detail}`, options);
    const { code, status, title } = kinds[failure];
    this.code = code;
    this.status = status;
    this.title = title;
    this.upstreamStatus = upstreamStatus;
    this.retryAfterMs = retryAfterMs;
    if (status !== 502) this.retryAfterSeconds = toRetryAfterSeconds(retryAfterMs ?? 1000);
  }
}
