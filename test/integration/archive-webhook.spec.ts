import { once } from 'node:events';
import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from '@jest/globals';
import { toMarqueeConfig, validateEnvironment } from '@app/config';
import { EventConsumer, GroupsRepository } from '@app/events';
import type { RedisClient } from '@app/redis';
import { CompletedTranscripts } from '@app/sessions';
import { ArchiveWebhookHandler } from '../../apps/worker/src/consumers/archive-webhook.handler.js';
import { connectClient } from '../fixtures/redis-client.js';
import { TestRedisServer } from '../fixtures/redis-server.js';
import { until } from '../fixtures/until.js';

const stream = 'prod:transcription_events';
const secret = 'a-secret-of-the-webhook';
const fast = { claimIdleMs: 200, attempts: 3, concurrency: 4, minRetryMs: 20, maxRetryMs: 100 };
const total = 5;
const redirects = [301, 302, 303, 304, 307, 308];
const clientErrors = [
  401, 402, 403, 404, 405, 406, 407, 408, 410, 411, 415, 421, 423, 425, 426, 428, 429, 431, 451,
];
const serverErrors = [500, 501, 502, 503, 504, 507, 511];
const repairable = [...redirects, ...clientErrors, ...serverErrors, 'reset' as const];

let redis: TestRedisServer;
let client: RedisClient;
let receiver: Server;
let status: number | 'reset';
let received: string[];
let consumer: EventConsumer;
let handler: ArchiveWebhookHandler;
let outcomes: Record<string, number>;

beforeAll(async () => {
  redis = await TestRedisServer.start();
  client = await connectClient({ REDIS_URL: redis.url, REDIS_BUDGET_MS: '2000' });
});
afterAll(async () => {
  client.close();
  await redis.stop();
});
beforeEach(async () => {
  await redis.redis.flushall();
  [received, outcomes] = [[], {}];
  receiver = createServer((request, response) => {
    request.resume().on('end', () => {
      if (status === 'reset') return request.socket.resetAndDestroy();
      if (status < 300) received.push(String(request.headers['webhook-id']));
      const headers =
        status >= 300 && status < 400 ? { location: 'https://elsewhere.example/?key=s3cret' } : {};
      return response.writeHead(status, headers).end('{"error":{"message":"the viewer said hello"}}');
    });
  }).listen(0, '127.0.0.1');
  await once(receiver, 'listening');
  for (let number = 0; number < total; number++) {
    const fields = ['event_type', 'transcript_completed', 'session_id', `s${number}`, 'transcript', 'hello'];
    await redis.redis.xadd(stream, '*', ...fields, 'timestamp', 'now');
  }
  // One attempt a call: the consumer's own retries are what is tested.
  const config = toMarqueeConfig(validateEnvironment({ UPSTREAM_RETRY_ATTEMPTS: '0' }));
  const { port } = receiver.address() as AddressInfo;
  const webhook = { url: `http://127.0.0.1:${port}/`, secret };
  handler = new ArchiveWebhookHandler(config, webhook, new CompletedTranscripts(client));
  const listener = {
    handled: (_: string, outcome: string, count: number) =>
      void (outcomes[outcome] = (outcomes[outcome] ?? 0) + count),
  };
  consumer = new EventConsumer(new GroupsRepository(client), handler, listener, fast);
});
afterEach(async () => {
  await consumer.stop();
  await handler.close();
  receiver.closeAllConnections();
  receiver.close();
});
const deadLetters = () => redis.redis.xlen(`${stream}:dead`);

describe('a receiver that responds with', () => {
  it.each(repairable)(
    '%s receives everything once it is repaired, and nothing is dead-lettered',
    async (fault) => {
      status = fault;
      consumer.start();
      await until('it waits', () => (consumer.state.downstream?.failures ?? 0) >= 2);
      const { code, message } = consumer.state.downstream ?? {};
      expect(code).toBe(fault === 'reset' ? 'unreachable' : `HTTP ${fault}`);
      expect(message).not.toMatch(/hello|s3cret/);
      expect(await deadLetters()).toBe(0);
      status = 204;
      await until('all are received', () => new Set(received).size === total, 20_000);
      await until(
        'nothing is pending',
        async () => ((await redis.redis.xpending(stream, handler.group)) as [number])[0] === 0,
      );
      expect([await deadLetters(), outcomes['failed']]).toEqual([0, undefined]);
    },
  );

  it('503 is reported as the cause, even while the breaker is open', async () => {
    status = 503;
    consumer.start();
    await until('the breaker is open', () => (consumer.state.downstream?.failures ?? 0) >= 14, 20_000);
    expect(consumer.state.downstream?.code).toBe('HTTP 503');
    status = 204;
  });

  it('a redirect is not followed, and the log says how to fix it', async () => {
    status = 302;
    consumer.start();
    const { message } = await until('it waits', () => consumer.state.downstream);
    expect(message).toMatch(/HTTP 302; redirects are not followed: set ARCHIVE_WEBHOOK_URL/);
    status = 204;
  });

  it.each([400, 409, 413, 422])(
    '%s refuses the event itself, which is dead-lettered with the reason',
    async (fault) => {
      status = fault;
      consumer.start();
      await until('all are dead-lettered', async () => (await deadLetters()) === total, 20_000);
      const [[, fields] = ['', []]] = await redis.redis.xrange(`${stream}:dead`, '-', '+');
      expect(fields.slice(4, 7)).toEqual(['deliveries', '3', 'reason']);
      expect(fields[7]).toMatch(new RegExp(`^webhook at .*: HTTP ${fault}: the viewer said hello$`));
      expect(consumer.state.downstream).toBeUndefined();
    },
  );
});
