import { Injectable, type OnModuleDestroy } from '@nestjs/common';
import { EventHub, type StreamEvent, type TranscriptReference } from '@app/events';
import type { FastifyReply } from 'fastify';
import { Gauge, Registry } from 'prom-client';

const heartbeatMs = 15_000;
const checkIntervalMs = 1_000;
/** A client counts as slow while more than this many bytes are buffered for it. */
const maxPendingBytes = 256 * 1024;
const slowForMs = 5_000;
/** Maximum number of bytes buffered for one client. A whole transcript fits. */
const maxPendingBytesInTotal = 8 * 1024 * 1024;
/** Reconnection delay that clients are asked to use. */
const retryMs = 1_000;

/** One open `text/event-stream` (html.spec.whatwg.org/multipage/server-sent-events.html). */
export interface EventStream {
  /** Sends the headers and the events buffered so far. */
  open(): void;
  /** Returns false if the client does not keep up. */
  send(events: readonly StreamEvent[]): boolean;
  /** Sends a `gap` event: events after the client's Last-Event-ID are no longer available. */
  missing(): void;
  /** Resolves when the buffer is flushed or the client has disconnected. */
  drained(): Promise<void>;
  end(): void;
  onClosed(callback: () => void): void;
}

/** Writes server-sent events directly to the socket, because Nest would need an observable and a timer per client. */
@Injectable()
export class EventStreams implements OnModuleDestroy {
  /** Open streams, each with the time at which its client became slow, or undefined while the client keeps up. */
  private readonly open = new Map<FastifyReply, number | undefined>();
  private readonly timer: NodeJS.Timeout;
  private lastHeartbeatMs = 0;
  private encoded: { readonly events: readonly StreamEvent[]; readonly text: Buffer } | undefined;

  constructor(
    private readonly hub: EventHub,
    registry: Registry,
  ) {
    const gauge = new Gauge({
      name: 'marquee_events_listeners',
      help: 'Number of clients connected to server-sent events of this process',
      collect() {
        this.set(hub.listeners);
      },
      registers: [],
    });
    registry.registerMetric(gauge);
    this.timer = setInterval(() => this.checkAll(), checkIntervalMs);
    this.timer.unref();
  }

  /** Ends all streams when the process drains. Clients reconnect to another process with their last id. */
  onModuleDestroy(): void {
    clearInterval(this.timer);
    this.hub.endAll();
  }

  /** Responds to HEAD with the headers of a stream. */
  respondToHead(reply: FastifyReply): void {
    if (reply.raw.destroyed) return;
    writeHead(reply);
    reply.raw.end();
  }

  prepare(reply: FastifyReply): EventStream {
    const { raw } = reply;
    let early: StreamEvent[] | undefined = [];
    let isMissing = false;
    raw.once('close', () => this.open.delete(reply));
    // The client has disconnected; the 'close' event reports that as well.
    raw.on('error', () => undefined);
    return {
      open: () => {
        if (raw.destroyed || raw.writableEnded) return;
        writeHead(reply);
        raw.write(`retry: ${retryMs}\n\n`);
        this.open.set(reply, undefined);
        if (isMissing) raw.write(gapText);
        if (early && early.length > 0) raw.write(toText(early));
        early = undefined;
      },
      send: (events) => {
        if (early) {
          early.push(...events);
          return early.length < 10_000;
        }
        if (raw.writableEnded || raw.destroyed) return false;
        raw.write(this.textOf(events));
        return raw.writableLength <= maxPendingBytesInTotal;
      },
      missing: () => {
        if (early) isMissing = true;
        else if (!raw.writableEnded && !raw.destroyed) raw.write(gapText);
      },
      drained: async () => {
        if (raw.writableNeedDrain && !raw.destroyed)
          await new Promise<void>((resolve) => {
            raw.once('drain', resolve);
            raw.once('close', resolve);
          });
      },
      end: () => {
        if (raw.writableLength > maxPendingBytesInTotal) raw.destroy();
        else raw.end();
      },
      onClosed: (callback) => {
        if (raw.destroyed || raw.closed) callback();
        else raw.once('close', callback);
      },
    };
  }

  /** Encodes a batch of events once for all clients of a session, which receive the same array in turn. */
  private textOf(events: readonly StreamEvent[]): Buffer {
    if (this.encoded?.events !== events) this.encoded = { events, text: Buffer.from(toText(events)) };
    return this.encoded.text;
  }

  private checkAll(): void {
    const nowMs = performance.now();
    const isHeartbeatDue = nowMs - this.lastHeartbeatMs >= heartbeatMs;
    if (isHeartbeatDue) this.lastHeartbeatMs = nowMs;
    for (const [reply, slowSinceMs] of this.open) {
      const { raw } = reply;
      if (raw.writableEnded) continue;
      const isBehind = raw.writableLength > maxPendingBytes;
      if (isBehind && nowMs - (slowSinceMs ?? nowMs) >= slowForMs) raw.destroy();
      else this.open.set(reply, isBehind ? (slowSinceMs ?? nowMs) : undefined);
      if (isHeartbeatDue && !isBehind) raw.write(': heartbeat\n\n');
    }
  }
}

/** Takes over the response from Fastify and sends its headers, including those set by hooks. */
function writeHead(reply: FastifyReply): void {
  reply.hijack();
  reply.raw.writeHead(200, {
    ...(reply.getHeaders() as Record<string, string>),
    'content-type': 'text/event-stream; charset=utf-8',
    'cache-control': 'no-store',
    'x-accel-buffering': 'no',
  });
}

const toText = (events: readonly StreamEvent[]): string => events.map(oneToText).join('');

/** Has no id, so that the client keeps its last event id. */
const gapText = `event: gap\ndata: ${JSON.stringify({
  detail:
    'Some events after your Last-Event-ID are no longer available. The remaining events follow; the transcript contains every chunk.',
})}\n\n`;

/** JSON has no line breaks, so one `data` line is enough. */
function oneToText({ id, type, sessionId, transcript, reference, timestamp }: StreamEvent): string {
  const data = { sessionId, transcript, timestamp, ...(reference && toExcerptFields(sessionId, reference)) };
  return `id: ${id}\nevent: ${type}\ndata: ${JSON.stringify(data)}\n\n`;
}

const toExcerptFields = (sessionId: string, { bytes, firstChunk, lastChunk }: TranscriptReference) => ({
  truncated: true,
  bytes,
  chunks: { from: firstChunk, to: lastChunk },
  // A page of the transcript has at most 1,000 chunks.
  url: `/v1/sessions/${sessionId}/transcript?offset=${firstChunk}&limit=${Math.min(1_000, Math.max(1, lastChunk - firstChunk + 1))}`,
});
