import { createHmac } from 'node:crypto';
import type { MarqueeConfig } from '@app/config';
import { type EventHandler, RetryLaterError, type StreamEvent } from '@app/events';
import type { CompletedTranscripts } from '@app/sessions';
import { UpstreamClient, UpstreamError } from '@app/upstream';
import { toArchiveRecord } from './archive-record.js';

/** Posts completed transcripts, signed as the Standard Webhooks say (standardwebhooks.com). */
export class ArchiveWebhookHandler implements EventHandler {
  readonly group = 'archive-webhook';
  readonly types = ['transcript_completed'];
  private readonly upstream: UpstreamClient;

  constructor(
    config: MarqueeConfig,
    private readonly webhook: { readonly url: string; readonly secret: string },
    private readonly transcripts: CompletedTranscripts,
  ) {
    const { host } = new URL(webhook.url);
    this.upstream = new UpstreamClient({
      name: `webhook at ${host}`,
      baseUrl: webhook.url,
      headers: {},
      ...config.upstream,
    });
  }

  /** Retried with the same id: the receiver knows a second delivery by it. @throws UpstreamError, RetryLaterError */
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
      // Away, or overrun: a 4xx alone says something of the event.
      if (error instanceof UpstreamError && error.failure !== 'rejected')
        throw new RetryLaterError(error.message, { cause: error });
      throw error;
    }
  }

  close(): Promise<void> {
    return this.upstream.close();
  }
}

/** HMAC-SHA256 of `id.timestamp.payload`, base64. A secret of the form `whsec_…` is base64 itself. */
export function sign(secret: string, id: string, timestamp: string, payload: string): string {
  const key = secret.startsWith('whsec_') ? Buffer.from(secret.slice('whsec_'.length), 'base64') : secret;
  return createHmac('sha256', key).update(`${id}.${timestamp}.${payload}`).digest('base64');
}
