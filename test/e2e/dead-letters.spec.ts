import { createServer } from 'node:http';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from '@jest/globals';
import { makeKey } from '../fixtures/api-keys.js';
import { MarqueeProcess } from '../fixtures/marquee-process.js';
import { TestRedisServer } from '../fixtures/redis-server.js';
import { until } from '../fixtures/until.js';

const stream = 'prod:transcription_events';
const path = '/v1/admin/events/dead-letters';
const operator = makeKey('acme', ['admin']);
const viewer = makeKey('acme');

let redis: TestRedisServer;
let api: MarqueeProcess;
let url: string;

beforeAll(async () => {
  redis = await TestRedisServer.start();
  api = MarqueeProcess.start({
    REDIS_URL: redis.url,
    REDIS_BUDGET_MS: '2000',
    API_KEYS: JSON.stringify([operator.entry, viewer.entry]),
  });
  url = await api.ready();
});
afterAll(async () => {
  await api.stop();
  await redis.stop();
});
beforeEach(() => redis.redis.flushall());

const call = async (method: string, where: string, body?: unknown, key = operator.key) => {
  const response = await fetch(`${url}${path}${where}`, {
    method,
    headers: { 'x-api-key': key, ...(body === undefined ? {} : { 'content-type': 'application/json' }) },
    ...(body === undefined ? {} : { body: JSON.stringify(body) }),
  });
  return { status: response.status, body: (await response.json()) as Record<string, unknown> };
};
const bury = async (group: string, number: number): Promise<string> => {
  const own = ['group', group, 'id', `${number}-0`, 'deliveries', '5', 'reason', `HTTP 422 of ${number}`];
  const event = ['event_type', 'transcript_completed', 'session_id', `s${number}`, 'tenant_id', 'acme'];
  const rest = ['transcript', 'a private text', 'timestamp', 'now'];
  return (await redis.redis.xadd(`${stream}:dead`, '*', ...own, ...event, ...rest)) as string;
};

describe('the routes of dead letters', () => {
  it('are restricted to administrators', async () => {
    const id = await bury('g', 1);
    for (const [method, where] of [
      ['GET', ''],
      ['POST', '/replay'],
      ['POST', `/${id}/replay`],
      ['DELETE', `/${id}`],
      ['DELETE', '?all=true'],
    ] as const) {
      expect((await call(method, where, undefined, viewer.key)).status).toBe(403);
      expect((await call(method, where, undefined, 'mq_none')).status).toBe(401);
    }
    expect(await redis.redis.xlen(`${stream}:dead`)).toBe(1);
  });

  it('list, replay and delete a dead letter, and log who did it', async () => {
    const [first, second] = [await bury('archive-file', 1), await bury('archive-webhook', 2)];
    expect(await call('GET', '?group=archive-webhook&reason=http+422')).toMatchObject({
      status: 200,
      body: {
        total: 2,
        nextCursor: null,
        results: [
          {
            id: second,
            group: 'archive-webhook',
            eventId: '2-0',
            type: 'transcript_completed',
            sessionId: 's2',
            tenantId: 'acme',
            attempts: 5,
            reason: 'HTTP 422 of 2',
            excerpt: 'a private text',
            transcriptBytes: 14,
          },
        ],
      },
    });
    expect(await call('POST', `/${second}/replay`)).toEqual({
      status: 200,
      body: { replayed: 1, group: 'archive-webhook', eventId: '2-0' },
    });
    expect(await redis.redis.xlen(`${stream}:replays:archive-webhook`)).toBe(1);
    for (const [method, where] of [
      ['POST', `/${second}/replay`],
      ['DELETE', `/${second}`],
    ] as const) {
      expect(await call(method, where)).toMatchObject({
        status: 404,
        body: { type: 'urn:marquee:problem:dead-letter-not-found' },
      });
    }
    expect(await call('DELETE', `/${first}`)).toEqual({ status: 200, body: { deleted: 1 } });
    expect(await redis.redis.xlen(`${stream}:dead`)).toBe(0);
    const audited = (): unknown[] =>
      api.log.filter(({ context }) => context === 'Audit').map(({ msg }) => msg);
    await until('both actions are logged', () => audited().length >= 2);
    const audit = audited();
    const who = `Dead letters: key "${operator.entry.name}"`;
    expect(audit).toEqual([`${who} replayed ${second} to archive-webhook`, `${who} deleted ${first}`]);
    expect(api.output).not.toContain('a private text');
  });

  it('replay and delete all that match, after a dry run', async () => {
    for (let number = 0; number < 6; number++) await bury(number < 4 ? 'a' : 'b', number);
    expect((await call('POST', '/replay', { group: 'a', dryRun: true })).body).toEqual({
      matched: 4,
      replayed: 0,
      dryRun: true,
      nextCursor: null,
    });
    expect((await call('POST', '/replay', { group: 'a', reason: 'of 0' })).body).toMatchObject({
      replayed: 1,
    });
    expect((await call('DELETE', '?group=a&dryRun=true')).body).toMatchObject({ matched: 3, deleted: 0 });
    expect((await call('DELETE', '?group=a')).body).toMatchObject({ matched: 3, deleted: 3 });
    expect((await call('POST', '/replay')).body).toMatchObject({ matched: 2, replayed: 2, nextCursor: null });
    expect(await redis.redis.xlen(`${stream}:dead`)).toBe(0);
  });

  it.each([
    ['GET', '?limit=0', 'limit'],
    ['GET', '?cursor=x', 'cursor'],
    ['GET', '?color=red', ''],
    ['DELETE', '', 'all'],
    ['DELETE', '/x', 'id'],
    ['POST', '/1-x/replay', 'id'],
  ])('reject %s %s and name the field %s', async (method, where, field) => {
    await bury('a', 1);
    const { status, body } = await call(method, where);
    expect(status).toBe(400);
    expect((body['errors'] as { field: string }[])[0]?.field).toContain(field);
    expect(await redis.redis.xlen(`${stream}:dead`)).toBe(1);
  });

  it('deliver a replay once, to the group that failed', async () => {
    const received: string[] = [];
    const receiver = createServer((request, response) => {
      received.push(String(request.headers['webhook-id']));
      request.resume().on('end', () => response.writeHead(204).end());
    }).listen(0, '127.0.0.1');
    await until('it listens', () => receiver.listening);
    const { port } = receiver.address() as { port: number };
    const worker = MarqueeProcess.start(
      {
        REDIS_URL: redis.url,
        ARCHIVE_WEBHOOK_URL: `http://127.0.0.1:${port}/`,
        ARCHIVE_WEBHOOK_SECRET: 'a-secret-of-the-webhook',
      },
      'worker',
    );
    try {
      await worker.ready();
      await bury('archive-webhook', 9);
      expect((await call('POST', '/replay', { group: 'archive-webhook' })).body).toMatchObject({
        replayed: 1,
      });
      await until('it is delivered', () => received.length > 0, 20_000);
      await until(
        'it is done',
        async () => (await redis.redis.xlen(`${stream}:replays:archive-webhook`)) === 0,
      );
      expect(received).toEqual(['9-0']);
    } finally {
      await worker.stop('SIGKILL');
      receiver.closeAllConnections();
      receiver.close();
    }
  });
});
