import type { Logger } from '@nestjs/common';
import { pause } from '../pause.js';
import { CauseLog } from './cause-log.js';
import type { RetryLaterError } from './event-handler.js';

export interface BackoffOptions {
  readonly minMs: number;
  readonly maxMs: number;
}

/** The failure that a consumer waits for. */
export interface Waiting {
  /** A short code, such as `ENOSPC`. */
  readonly code: string;
  readonly message: string;
  readonly since: Date;
  /** Consecutive failures. */
  readonly failures: number;
  readonly retryAtMs: number;
}

const maxRetryAfterMs = 5 * 60_000;

/** Returns an exponentially growing delay with jitter, between half of its value and all of it. */
export const backoffMs = ({ minMs, maxMs }: BackoffOptions, failures: number): number =>
  Math.min(maxMs, minMs * 2 ** Math.min(30, failures - 1)) * (0.5 + Math.random() / 2);

/**
 * Tracks whether a consumer's downstream works. While it fails, the consumer waits with exponential backoff and tries one
 * event at a time. Each cause is logged once per interval, no matter how many events it affects.
 */
export class Downstream {
  private current: Waiting | undefined;
  private readonly causes = new CauseLog();
  private isAnnounced = false;

  constructor(
    private readonly logger: Logger,
    private readonly backoff: BackoffOptions,
  ) {}

  /** The current failure; undefined while the downstream works. */
  get waiting(): Waiting | undefined {
    return this.current;
  }

  /** Waits until the next attempt is due. */
  async wait(signal: AbortSignal): Promise<void> {
    const remainingMs = (this.current?.retryAtMs ?? 0) - performance.now();
    if (remainingMs > 0) await pause(remainingMs, signal);
  }

  succeeded(): void {
    const { current } = this;
    this.current = undefined;
    if (!current || !this.isAnnounced) return;
    this.isAnnounced = false;
    const seconds = Math.round((Date.now() - current.since.getTime()) / 1000);
    this.logger.log(`The downstream recovered after ${seconds} s (${current.code})`);
  }

  /** Ends the wait without a success, when there is no event left to try the downstream with. */
  reset(): void {
    this.current = undefined;
    this.isAnnounced = false;
  }

  failed({ code, message, retryAfterMs = 0 }: RetryLaterError): void {
    const { current } = this;
    const nowMs = performance.now();
    // Events that were in progress at the same time fail together, which counts as one failure.
    const isSameFailure = current !== undefined && nowMs < current.retryAtMs;
    const failures = isSameFailure ? current.failures : (current?.failures ?? 0) + 1;
    const pauseMs = Math.max(backoffMs(this.backoff, failures), Math.min(retryAfterMs, maxRetryAfterMs));
    const retryAtMs = isSameFailure ? current.retryAtMs : nowMs + pauseMs;
    this.current = { code, message, since: current?.since ?? new Date(), failures, retryAtMs };
    if (!this.causes.isDue(code, nowMs)) return;
    this.isAnnounced = true;
    this.logger.warn(
      `The downstream failed (${code}), and its events are retried until it recovers: ${message}`,
    );
  }
}
