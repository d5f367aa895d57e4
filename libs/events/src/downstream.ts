import { setTimeout as delay } from 'node:timers/promises';
import type { Logger } from '@nestjs/common';
import { CauseLog } from './cause-log.js';
import type { RetryLaterError } from './event-handler.js';

export interface BackoffOptions {
  readonly minMs: number;
  readonly maxMs: number;
}

/** Why a group waits. */
export interface Waiting {
  /** Short and bounded, such as `ENOSPC`. */
  readonly code: string;
  readonly message: string;
  readonly since: Date;
  /** Failed tries in a row. */
  readonly failures: number;
  readonly retryAtMs: number;
}

const maxRetryAfterMs = 5 * 60_000;

/** Exponential, with jitter: from half of it to all of it. */
export const backoffMs = ({ minMs, maxMs }: BackoffOptions, failures: number): number =>
  Math.min(maxMs, minMs * 2 ** Math.min(30, failures - 1)) * (0.5 + Math.random() / 2);

/**
 * Whether a group's downstream works. While it does not, the group waits with exponential backoff and tries one event
 * at a time. Each cause is logged once per interval, however many events fail of it.
 */
export class Downstream {
  private current: Waiting | undefined;
  private readonly causes = new CauseLog();
  private isAnnounced = false;

  constructor(
    private readonly logger: Logger,
    private readonly backoff: BackoffOptions,
  ) {}

  /** Undefined while it works. */
  get waiting(): Waiting | undefined {
    return this.current;
  }

  /** Waits until the next try is due. */
  async wait(signal: AbortSignal): Promise<void> {
    const remainingMs = (this.current?.retryAtMs ?? 0) - performance.now();
    if (remainingMs > 0) await delay(remainingMs, undefined, { signal }).catch(() => undefined);
  }

  succeeded(): void {
    const { current } = this;
    this.current = undefined;
    if (!current || !this.isAnnounced) return;
    this.isAnnounced = false;
    const seconds = Math.round((Date.now() - current.since.getTime()) / 1000);
    this.logger.log(`Works again after ${seconds} s (${current.code})`);
  }

  /** Ends the wait where there is nothing left to try it with. */
  reset(): void {
    this.current = undefined;
    this.isAnnounced = false;
  }

  failed({ code, message, retryAfterMs = 0 }: RetryLaterError): void {
    const { current } = this;
    const nowMs = performance.now();
    // Events that were under way together fail together: that is one failure.
    const isSameTry = current !== undefined && nowMs < current.retryAtMs;
    const failures = isSameTry ? current.failures : (current?.failures ?? 0) + 1;
    const pauseMs = Math.max(backoffMs(this.backoff, failures), Math.min(retryAfterMs, maxRetryAfterMs));
    const retryAtMs = isSameTry ? current.retryAtMs : nowMs + pauseMs;
    this.current = { code, message, since: current?.since ?? new Date(), failures, retryAtMs };
    if (!this.causes.isDue(code, nowMs)) return;
    this.isAnnounced = true;
    this.logger.warn(`Events wait and are retried until this is repaired (${code}): ${message}`);
  }
}
