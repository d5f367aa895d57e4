import { Injectable, type OnModuleDestroy } from '@nestjs/common';
import { EventHub, type StreamEvent } from '@app/events';
import type { FastifyReply } from 'fastify';
import { Gauge, Registry } from 'prom-client';

const heartbeatMs = 15_000;
/** What may wait for a slow client, in bytes: about what a socket's own buffers hold. */
const mostWaitingBytes = 256 * 1024;
/** What a client waits before it comes back. */
const retryMs = 1_000;

/** One open `text/event-stream` (html.spec.whatwg.org/multipage/server-sent-events.html). */
export interface EventStream {
  /** Sends the head and what has come since. */
  open(): void;
  /** False when the client does not keep up. */
  send(event: StreamEvent): boolean;
  end(): void;
  onClosed(callback: () => void): void;
}

/** Writes server-sent events past Nest, which would keep an observable and a timer for each client. */
@Injectable()
export class EventStreams implements OnModuleDestroy {
  private readonly open = new Set<FastifyReply>();
  private readonly heartbeat: NodeJS.Timeout;

  constructor(
    private readonly hub: EventHub,
    registry: Registry,
  ) {
    const gauge = new Gauge({
      name: 'marquee_events_listeners',
      help: 'Clients that this process serves with server-sent events',
      collect() {
        this.set(hub.listeners);
      },
      registers: [],
    });
    registry.registerMetric(gauge);
    this.heartbeat = setInterval(() => this.beat(), heartbeatMs);
    this.heartbeat.unref();
  }

  /** Draining: the clients go elsewhere, and come back with their last id. */
  onModuleDestroy(): void {
    clearInterval(this.heartbeat);
    this.hub.endAll();
  }

  prepare(reply: FastifyReply): EventStream {
    const { raw } = reply;
    let early: StreamEvent[] | undefined = [];
    raw.once('close', () => this.open.delete(reply));
    return {
      open: () => {
        if (raw.destroyed) return;
        // From here on the answer is ours: headers that hooks have set go along.
        reply.hijack();
        raw.writeHead(200, {
          ...(reply.getHeaders() as Record<string, string>),
          'content-type': 'text/event-stream; charset=utf-8',
          'cache-control': 'no-store',
          'x-accel-buffering': 'no',
        });
        raw.write(`retry: ${retryMs}\n\n`);
        this.open.add(reply);
        for (const event of early ?? []) raw.write(toText(event));
        early = undefined;
      },
      send: (event) => {
        if (early) {
          early.push(event);
          return early.length < 10_000;
        }
        raw.write(toText(event));
        return raw.writableLength <= mostWaitingBytes;
      },
      end: () => {
        if (raw.writableLength > mostWaitingBytes) raw.destroy();
        else raw.end();
      },
      onClosed: (callback) => void raw.once('close', callback),
    };
  }

  private beat(): void {
    for (const { raw } of this.open) {
      if (raw.writableLength > mostWaitingBytes) raw.destroy();
      else raw.write(': still here\n\n');
    }
  }
}

/** JSON has no line breaks: one `data` line will do. */
function toText({ id, type, sessionId, transcript, timestamp }: StreamEvent): string {
  return `id: ${id}\nevent: ${type}\ndata: ${JSON.stringify({ sessionId, transcript, timestamp })}\n\n`;
}
