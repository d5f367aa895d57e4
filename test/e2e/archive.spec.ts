import { createHmac } from 'node:crypto';
import { once } from 'node:events';
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { createServer, type IncomingHttpHeaders, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from '@jest/globals';
import { startApi } from '../fixtures/api.js';
import { MarqueeProcess } from '../fixtures/marquee-process.js';
import { TestRedisServer } from '../fixtures/redis-server.js';
import { until } from '../fixtures/until.js';

const stream = 'prod:transcription_events';
const secret = 'a-secret-of-the-webhook';

describe('completed transcripts are delivered', () => {
  let redis: TestRedisServer;
  let folder: string;
  let file: string;
  let workers: MarqueeProcess[];

  beforeAll(async () => {
    redis = await TestRedisServer.start();
  });
  afterAll(() => redis.stop());
  beforeEach(async () => {
    await redis.redis.flushall();
    folder = mkdtempSync(join(tmpdir(), 'marquee-archive-'));
    file = join(folder, 'transcripts.ndjson');
    workers = [];
  });
  afterEach(async () => {
    await Promise.all(workers.map((worker) => worker.stop('SIGKILL')));
    rmSync(folder, { recursive: true });
  });

  const start = (variables: Record<string, string>): MarqueeProcess => {
    const worker = MarqueeProcess.start({ REDIS_URL: redis.url, ...variables }, 'worker');
    workers.push(worker);
    return worker;
  };
  const complete = (transcript: string, type = 'transcript_completed') => {
    const fields = ['event_type', type, 'session_id', 's', 'tenant_id', 'acme', 'transcript', transcript];
    return redis.redis.xadd(stream, '*', ...fields, 'timestamp', '2026-11-21T12:00:00.000Z');
  };
  const lines = (): { id: string; transcript: string }[] => {
    try {
      return readFileSync(file, 'utf8')
        .trim()
        .split('\n')
        .map((line) => JSON.parse(line) as { id: string; transcript: string });
    } catch {
      return [];
    }
  };

  it('to a file, including those from before the worker started, without other events', async () => {
    const id = await complete('one\n"two"');
    await complete('a chunk', 'transcript_appended');
    const worker = start({ ARCHIVE_FILE: file });
    const url = await worker.ready();
    await complete('three');
    await until('both are there', () => lines().length === 2);
    expect(lines().find((line) => line.id === id)).toEqual({
      id,
      event_type: 'transcript_completed',
      session_id: 's',
      tenant_id: 'acme',
      transcript: 'one\n"two"',
      timestamp: '2026-11-21T12:00:00.000Z',
    });
    await until('it is counted', async () => {
      const metrics = await (await fetch(`${url}/metrics`)).text();
      return (
        metrics.includes('marquee_events_consumed_total{group="archive-file",outcome="handled"} 2') &&
        metrics.includes('marquee_events_lag{group="archive-file"} 0') &&
        metrics.includes('marquee_events_stream_length 3')
      );
    });
    expect((await worker.stop('SIGTERM')).code).toBe(0);
    expect(await redis.redis.xinfo('CONSUMERS', stream, 'archive-file')).toEqual([]);
  });

  it('as a whole, regardless of their length, even if their sessions are deleted', async () => {
    await start({ ARCHIVE_FILE: file }).ready();
    await until('the consumer is there', () => redis.redis.exists(stream));
    const api = await startApi({ REDIS_URL: redis.url });
    const call = (method: string, path: string, body: object = {}) =>
      fetch(`${api.url}/v1/sessions${path}`, {
        method,
        headers: { 'content-type': 'application/json' },
        ...(method === 'POST' ? { body: JSON.stringify(body) } : {}),
      });
    const texts: string[] = [];
    const deletions: number[] = [];
    for (const how of ['kept', 'deleteTranscript', 'DELETE']) {
      const { id } = (await (await call('POST', '')).json()) as { id: string };
      const chunks = Array.from({ length: 128 }, (_, index) => `${how} ${index} ${'✓'.repeat(10_000)}`);
      for (let from = 0; from < chunks.length; from += 32)
        await call('POST', `/${id}/transcript`, { chunks: chunks.slice(from, from + 32) });
      await call('POST', `/${id}/complete`, { deleteTranscript: how === 'deleteTranscript' });
      if (how === 'DELETE') deletions.push((await call('DELETE', `/${id}`)).status);
      texts.push(chunks.join(' '));
    }
    expect(deletions).toEqual([204]);
    await until('all are there', () => lines().length === 3, 30_000);
    // No diff of megabytes.
    expect(lines().map(({ transcript }) => texts.includes(transcript))).toEqual([true, true, true]);
    await until(
      'what was kept for the consumer is let go',
      async () => (await redis.redis.keys('prod:session:*:unarchived')).length === 0,
      20_000,
    );
    await until('nothing waits any more', async () => !(await redis.redis.exists(`${stream}:completions`)));
    await api.close();
  }, 90_000);

  it('completely, even if workers are killed meanwhile', async () => {
    const total = 600;
    const running = start({ ARCHIVE_FILE: file });
    await running.ready();
    for (let number = 0; number < total; number++) {
      await complete(`${number}`);
      if (number % 200 === 150) {
        await workers.at(-1)?.stop('SIGKILL');
        await start({ ARCHIVE_FILE: file }).ready();
      }
    }
    // What the dead had is taken over after 30 s.
    await until(
      'all are there',
      () => new Set(lines().map(({ transcript }) => transcript)).size === total,
      50_000,
    );
    await until(
      'nothing is pending',
      async () => ((await redis.redis.xpending(stream, 'archive-file')) as [number])[0] === 0,
      40_000,
    );
  }, 110_000);

  describe('to a webhook', () => {
    let server: Server;
    let received: { headers: IncomingHttpHeaders; body: string }[];
    let statuses: number[];

    beforeEach(async () => {
      [received, statuses] = [[], []];
      server = createServer((request, response) => {
        const chunks: Buffer[] = [];
        request.on('data', (chunk: Buffer) => chunks.push(chunk));
        request.on('end', () => {
          received.push({ headers: request.headers, body: Buffer.concat(chunks).toString() });
          response.writeHead(statuses.shift() ?? 204).end();
        });
      }).listen(0, '127.0.0.1');
      await once(server, 'listening');
    });
    afterEach(() => {
      server.closeAllConnections();
      server.close();
    });

    it('with a signature, and again with the same id after a failure', async () => {
      statuses = [500];
      const url = `http://127.0.0.1:${(server.address() as AddressInfo).port}/hooks/marquee`;
      const id = await complete('hello');
      const worker = start({ ARCHIVE_WEBHOOK_URL: url, ARCHIVE_WEBHOOK_SECRET: secret });
      await until('it came twice', () => received.length === 2);
      for (const { headers, body } of received) {
        expect(JSON.parse(body)).toMatchObject({ id, transcript: 'hello' });
        const signed = `${id as string}.${headers['webhook-timestamp'] as string}.${body}`;
        const signature = createHmac('sha256', secret).update(signed).digest('base64');
        expect([headers['webhook-id'], headers['webhook-signature']]).toEqual([id, `v1,${signature}`]);
      }
      await until(
        'it is acknowledged',
        async () => ((await redis.redis.xpending(stream, 'archive-webhook')) as [number])[0] === 0,
      );
      expect(worker.output).not.toContain(secret);
      expect(worker.output).not.toContain('hello');
    });
  });
});
