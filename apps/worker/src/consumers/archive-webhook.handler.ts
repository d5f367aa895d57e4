import { createHmac } from 'node:crypto';
import type { MarqueeConfig } from '@app/config';
import type { EventHandler, StreamEvent } from '@app/events';
import { UpstreamClient } from '@app/upstream';
import { toArchiveRecord } from './archive-record.js';

/** Posts completed transcripts, signed as the Standard Webhooks say (standardwebhooks.com). */
export class ArchiveWebhookHandler implements EventHandler {
  readonly group = 'archive-webhook';
  readonly types = ['transcript_completed'];
  private readonly upstream: UpstreamClient;

  constructor(
    config: MarqueeConfig,
    private readonly webhook: { readonly url: string; readonly secret: string },
  ) {
    const { host } = new URL(webhook.url);
    this.upstream = new UpstreamClient({
      name: `webhook at ${host}`,
      baseUrl: webhook.url,
      headers: {},
      ...config.upstream,
    });
  }

  /** Retried with the same id: the receiver knows a second delivery by it. @throws UpstreamError */
  async handle(event: StreamEvent): Promise<void> {
    const payload = JSON.stringify(toArchiveRecord(event));
    const timestamp = `${Math.floor(Date.now() / 1000)}`;
    await this.upstream.post('', payload, {
      'webhook-id': event.id,
      'webhook-timestamp': timestamp,
      'webhook-signature': `v1,${sign(this.webhook.secret, event.id, timestamp, payload)}`,
    });
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
