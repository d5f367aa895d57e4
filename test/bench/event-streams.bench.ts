import { once } from 'node:events';
import { connect, type Socket } from 'node:net';
import type { Redis } from 'ioredis';
import { TestRedisServer } from '../fixtures/redis-server.js';
import { until } from '../fixtures/until.js';
import { serve, type Served, serveMarquee } from './process.js';
import { interleave, table } from './rounds.js';

const rounds = 5;
const listeners = 100;
const events = 1_000;
const eventsTogether = 50;
const chunk = 'I want a heist movie from the nineties, if there is one';
const mark = Buffer.from('\nevent: ');

/** A client that counts the events it receives. */
class Listener {
  received = 0;

  private constructor(private readonly socket: Socket) {
    // A marker may be split across two reads.
    let tail = Buffer.alloc(0);
    socket.on('data', (read: Buffer) => {
      const bytes = Buffer.concat([tail, read]);
      tail = bytes.subarray(Math.max(0, bytes.length - mark.length + 1));
      for (let at = bytes.indexOf(mark); at !== -1; at = bytes.indexOf(mark, at + mark.length))
        this.received++;
    });
  }

  static async open(url: string, session: string): Promise<Listener> {
    const { hostname, port } = new URL(url);
    const socket = connect(Number(port), hostname);
    await once(socket, 'connect');
    socket.write(`GET /v1/sessions/${session}/events HTTP/1.1\r\nHost: ${hostname}\r\n\r\n`);
    await once(socket, 'data');
    return new Listener(socket);
  }

  close(): void {
    this.socket.destroy();
  }
}

/** Delivers a session's events to many clients by server-sent events. */
export async function eventStreams(): Promise<string> {
  const redis = await TestRedisServer.start();
  const marquee = await serveMarquee({ REDIS_URL: redis.url });
  const bare = await serve('bare-events', redis.port);
  const created = await fetch(`${marquee.url}/v1/sessions`, {
    method: 'POST',
    headers: { 'content-type': 'application/json' },
    body: '{}',
  });
  const { id } = (await created.json()) as { id: string };
  const measure =
    ({ url }: Served) =>
    async (): Promise<number> => {
      const all = await Promise.all(Array.from({ length: listeners }, () => Listener.open(url, id)));
      const startedMs = performance.now();
      await publish(redis.redis, id);
      await until(
        'every client has received every event',
        () => all.every(({ received }) => received >= events),
        60_000,
      );
      const perSecond = (1000 * listeners * events) / (performance.now() - startedMs);
      if (all.some(({ received }) => received !== events)) throw new Error('An event was delivered twice');
      for (const listener of all) listener.close();
      return perSecond;
    };
  const compared = await interleave(rounds, [
    ['one XREAD, written to all clients by bare Fastify (limit)', measure(bare)],
    ['Marquee', measure(marquee)],
  ]);
  for (const server of [marquee, bare]) await server.stop();
  await redis.stop();
  return `${listeners} clients, ${events} events\n\n${table('deliveries/s', compared)}`;
}

async function publish(redis: Redis, session: string): Promise<void> {
  for (let start = 0; start < events; start += eventsTogether) {
    const pipeline = redis.pipeline();
    for (let index = 0; index < eventsTogether; index++) {
      const fields = {
        event_type: 'transcript_appended',
        session_id: session,
        tenant_id: 'default',
        transcript: chunk,
        timestamp: '2026-01-01T00:00:00.000Z',
      };
      pipeline.xadd('prod:transcription_events', '*', ...Object.entries(fields).flat());
    }
    await pipeline.exec();
  }
}
