import { createHmac } from 'node:crypto';
import type { MarqueeConfig } from '@app/config';
import { type EventHandler, EventRejectedError, RetryLaterError, type StreamEvent } from '@app/events';
import type { CompletedTranscripts } from '@app/sessions';
import { UpstreamClient, UpstreamError } from '@app/upstream';
import { toArchiveRecord } from './archive-record.js';

/**
 * Statuses by which a receiver rejects an event permanently. All others have a cause that can be fixed, such as a redirect, a
 * wrong secret or URL (401, 403, 404), a rate limit or an outage.
 */
const rejections: ReadonlySet<number> = new Set([400, 409, 413, 422]);

/** Posts completed transcripts, signed according to Standard Webhooks (standardwebhooks.com). */
export class ArchiveWebhookHandler implements EventHandler {
  readonly group = 'archive-webhook';
  readonly types = ['transcript_completed'];
  private readonly upstream: UpstreamClient;
  /** The latest failure of the receiver. */
  private lastFault: RetryLaterError | undefined;

  constructor(
    config: MarqueeConfig,
    private readonly webhook: { readonly url: string; readonly secret: string },
    private readonly transcripts: CompletedTranscripts,
  ) {
    const { host } = new URL(webhook.url);
    this.upstream = new UpstreamClient({
      name: `webhook at ${host}`,
      baseUrl: webhook.url,
      ...config.upstream,
    });
  }

  /**
   * Posts an event. A retry has the same `webhook-id`, so that the receiver can recognize it.
   *
   * @throws EventRejectedError, RetryLaterError, TranscriptGoneError
   */
  async handle(event: StreamEvent, signal?: AbortSignal): Promise<void> {
    const payload = JSON.stringify(toArchiveRecord(await this.transcripts.complete(event, signal)));
    const timestamp = `${Math.floor(Date.now() / 1000)}`;
    const headers = {
      'webhook-id': event.id,
      'webhook-timestamp': timestamp,
      'webhook-signature': `v1,${sign(this.webhook.secret, event.id, timestamp, payload)}`,
    };
    try {
      await this.upstream.post('', payload, headers);
    } catch (error) {
      throw error instanceof UpstreamError ? this.toConsumerError(error) : error;
    }
    this.lastFault = undefined;
  }

  private toConsumerError(error: UpstreamError): Error {
    const { upstreamStatus } = error;
    if (upstreamStatus !== undefined && rejections.has(upstreamStatus))
      return new EventRejectedError(`HTTP ${upstreamStatus}`, error.message);
    // While the breaker is open, the failure that opened it is more useful than the breaker's own error.
    if (error.failure === 'overloaded' && this.lastFault) return this.lastFault;
    this.lastFault = toRetryLater(error);
    return this.lastFault;
  }

  close(): Promise<void> {
    return this.upstream.close();
  }
}

function toRetryLater(error: UpstreamError): RetryLaterError {
  const { upstreamStatus: status, failure, message, retryAfterMs } = error;
  const code = status === undefined ? failure : `HTTP ${status}`;
  const isRedirect = status !== undefined && status >= 300 && status < 400;
  const hint = isRedirect
    ? 'redirects are not followed: set ARCHIVE_WEBHOOK_URL to the address that it redirects to'
    : hints[status ?? 0];
  // The receiver's response may quote the transcript, so it must not appear in logs and health checks.
  const what = status === undefined ? message : `${error.upstream}: ${code}`;
  return new RetryLaterError(hint ? `${what}; ${hint}` : what, { cause: error, code, retryAfterMs });
}

const hints: Readonly<Record<number, string>> = {
  401: 'the receiver does not accept the signature: check ARCHIVE_WEBHOOK_SECRET',
  403: 'the receiver does not allow this: check ARCHIVE_WEBHOOK_SECRET and its permissions',
  404: 'check ARCHIVE_WEBHOOK_URL',
  405: 'the receiver does not support POST: check ARCHIVE_WEBHOOK_URL',
  410: 'the receiver no longer exists: check ARCHIVE_WEBHOOK_URL',
};

/** Returns the HMAC-SHA256 of `id.timestamp.payload` in base64. A secret with the prefix `whsec_` is decoded from base64. */
export function sign(secret: string, id: string, timestamp: string, payload: string): string {
  const key = secret.startsWith('whsec_') ? Buffer.from(secret.slice('whsec_'.length), 'base64') : secret;
  return createHmac('sha256', key).update(`${id}.${timestamp}.${payload}`).digest('base64');
}
