import { execFileSync } from 'node:child_process';
import { existsSync, mkdirSync, mkdtempSync, readFileSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import { createServer } from 'node:http';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from '@jest/globals';
import { MarqueeProcess } from '../fixtures/marquee-process.js';
import { TestRedisServer } from '../fixtures/redis-server.js';
import { until } from '../fixtures/until.js';

const stream = 'prod:transcription_events';

let redis: TestRedisServer;
let folder: string;
let worker: MarqueeProcess | undefined;

beforeAll(async () => {
  redis = await TestRedisServer.start();
});
afterAll(() => redis.stop());
beforeEach(async () => {
  await redis.redis.flushall();
  folder = mkdtempSync(join(tmpdir(), 'marquee-archive-faults-'));
});
afterEach(async () => {
  await worker?.stop('SIGKILL');
  worker = undefined;
  rmSync(folder, { recursive: true });
});

const start = async (variables: Record<string, string>): Promise<string> => {
  worker = MarqueeProcess.start({ REDIS_URL: redis.url, ...variables }, 'worker');
  return worker.ready();
};
const complete = async (transcript: string): Promise<string> => {
  const fields = ['event_type', 'transcript_completed', 'session_id', 's', 'transcript', transcript];
  return (await redis.redis.xadd(stream, '*', ...fields, 'timestamp', 'now')) as string;
};
const check = async (url: string, consumer: string): Promise<{ status: string; cause?: string }> => {
  const response = await fetch(`${url}/health/ready`);
  expect(response.status).toBe(200);
  const body = (await response.json()) as { status: string; details: Record<string, { status: string }> };
  return body.details[`consumer-${consumer}`] as { status: string; cause?: string };
};
const degraded = (url: string, consumer: string, cause: RegExp) =>
  until(
    `${consumer} is degraded by ${cause}`,
    async () => {
      const { status, cause: text = '' } = await check(url, consumer);
      return status === 'degraded' && cause.test(text);
    },
    20_000,
  );
/** Parses every line: a torn one fails the test. */
const idsOf = (file: string): string[] =>
  (existsSync(file) ? readFileSync(file, 'utf8') : '')
    .split('\n')
    .filter((line) => line !== '')
    .map((line) => (JSON.parse(line) as { id: string }).id);
const arrived = (file: string, ids: readonly string[]) =>
  until('everything has arrived', () => new Set(idsOf(file)).size === ids.length, 45_000);
const isRoot = process.getuid?.() === 0;

describe('an archive file', () => {
  it('has only whole lines after its disk was full, and all of them when there is room again', async () => {
    const file = join(folder, 'transcripts.ndjson');
    const url = await start({ ARCHIVE_FILE: file });
    const ids = [await complete('first')];
    await arrived(file, ids);
    // As on a full disk: a write is cut short, and the next one fails.
    execFileSync('prlimit', [`--pid=${worker?.pid}`, '--fsize=20000:']);
    for (let number = 0; number < 40; number++) ids.push(await complete(`${number} ${'x'.repeat(3_000)}`));
    await degraded(url, 'archive-file', /ENOSPC|EFBIG/);
    const before = readFileSync(file, 'utf8');
    expect(before.endsWith('\n')).toBe(true);
    expect(new Set(idsOf(file)).size).toBeLessThan(ids.length);
    const metrics = await until('it is measured', async () => {
      const text = await (await fetch(`${url}/metrics`)).text();
      return text.includes('marquee_events_consumer_waiting{group="archive-file",by="downstream"} 1') && text;
    });
    expect(metrics).toMatch(/marquee_events_consumed_total\{group="archive-file",outcome="waiting"\} \d+/);
    execFileSync('prlimit', [`--pid=${worker?.pid}`, '--fsize=unlimited:']);
    await arrived(file, ids);
    await until('it is up', async () => (await check(url, 'archive-file')).status === 'up', 20_000);
    expect(await redis.redis.exists(`${stream}:dead`)).toBe(0);
    // Logged once, no matter how many events failed.
    const lines = worker?.log.filter(({ msg }) => msg.startsWith('The downstream failed')) ?? [];
    expect(new Set(lines.map(({ msg }) => msg)).size).toBe(lines.length);
    expect(lines).not.toHaveLength(0);
    expect(worker?.log.filter(({ msg }) => msg.startsWith('The downstream recovered'))).toHaveLength(1);
  });

  it.each([
    [
      'whose folder is missing',
      /ENOENT/,
      (target: string) => ({ break: () => undefined, repair: () => mkdirSync(target) }),
    ],
    [
      'whose folder is a file',
      /ENOTDIR/,
      (target: string) => ({
        break: () => writeFileSync(target, ''),
        repair: () => {
          renameSync(target, `${target}.old`);
          mkdirSync(target);
        },
      }),
    ],
    [
      'whose name is taken by a folder',
      /EISDIR/,
      (target: string) => ({
        break: () => mkdirSync(join(target, 'transcripts.ndjson'), { recursive: true }),
        repair: () => rmSync(join(target, 'transcripts.ndjson'), { recursive: true }),
      }),
    ],
  ])('%s gets all transcripts after that is fixed', async (_, cause, make) => {
    const target = join(folder, 'archive');
    const fault = make(target);
    fault.break();
    const file = join(target, 'transcripts.ndjson');
    const url = await start({ ARCHIVE_FILE: file });
    const ids = [await complete('one'), await complete('two')];
    await degraded(url, 'archive-file', cause);
    fault.repair();
    await arrived(file, ids);
    expect(await redis.redis.exists(`${stream}:dead`)).toBe(0);
  });

  it('continues on a new line after a crash has torn the last one', async () => {
    const file = join(folder, 'transcripts.ndjson');
    writeFileSync(file, '{"id":"1-1"}\n{"id":"2-1","transcri');
    await start({ ARCHIVE_FILE: file });
    const id = await complete('one');
    await until('it has arrived', () => readFileSync(file, 'utf8').includes(id));
    const lines = readFileSync(file, 'utf8').split('\n');
    expect(lines.slice(0, 2)).toEqual(['{"id":"1-1"}', '{"id":"2-1","transcri']);
    expect(JSON.parse(lines[2] ?? '')).toMatchObject({ id, transcript: 'one' });
  });
});

// Mounting is root's.
const asRoot = isRoot ? describe : describe.skip;
asRoot('an archive file on a disk of its own', () => {
  it('gets all transcripts after a disk that was full and then read-only is fixed', async () => {
    const mount = (...args: string[]) => execFileSync('mount', ['-t', 'tmpfs', ...args, 'tmpfs', folder]);
    mount('-o', 'size=64k');
    try {
      const file = join(folder, 'transcripts.ndjson');
      const url = await start({ ARCHIVE_FILE: file });
      const ids: string[] = [];
      for (let number = 0; number < 40; number++) ids.push(await complete(`${number} ${'x'.repeat(3_000)}`));
      await degraded(url, 'archive-file', /ENOSPC/);
      expect(readFileSync(file, 'utf8').endsWith('\n')).toBe(true);
      mount('-o', 'remount,ro,size=1m');
      await degraded(url, 'archive-file', /EROFS/);
      mount('-o', 'remount,rw,size=1m');
      await arrived(file, ids);
      expect(await redis.redis.exists(`${stream}:dead`)).toBe(0);
    } finally {
      await worker?.stop('SIGKILL');
      execFileSync('umount', [folder]);
    }
  });
});

describe('the smallest pool', () => {
  it('serves two archives, with no more sockets than documented', async () => {
    const received: string[] = [];
    const receiver = createServer((request, response) => {
      received.push(String(request.headers['webhook-id']));
      request.resume().on('end', () => response.writeHead(204).end());
    }).listen(0, '127.0.0.1');
    await until('it listens', () => receiver.listening);
    const file = join(folder, 'transcripts.ndjson');
    try {
      const url = await start({
        REDIS_POOL_SIZE: '3',
        ARCHIVE_FILE: file,
        ARCHIVE_WEBHOOK_URL: `http://127.0.0.1:${(receiver.address() as { port: number }).port}/`,
        ARCHIVE_WEBHOOK_SECRET: 'a-secret-of-the-webhook',
      });
      const ids: string[] = [];
      for (let number = 0; number < 20; number++) ids.push(await complete(`${number}`));
      await arrived(file, ids);
      await until('all are received', () => new Set(received).size === ids.length, 20_000);
      for (const consumer of ['archive-file', 'archive-webhook'])
        expect((await check(url, consumer)).status).toBe('up');
      const names = await socketsOf(redis);
      expect(names.filter((name) => name === 'marquee-cache-reader')).toHaveLength(2);
      expect(names.length).toBeLessThanOrEqual(planned('worker', '--pool-size=3', '--archives=2'));
    } finally {
      receiver.closeAllConnections();
      receiver.close();
    }
  });

  it('serves event streams and batches, with as many sockets as documented', async () => {
    const api = MarqueeProcess.start({ REDIS_URL: redis.url, REDIS_POOL_SIZE: '3' });
    try {
      const url = await api.ready();
      const session = (await (await fetch(`${url}/v1/sessions`, { method: 'POST' })).json()) as {
        id: string;
      };
      const disconnect = new AbortController();
      await fetch(`${url}/v1/sessions/${session.id}/events`, { signal: disconnect.signal });
      const input = Array.from({ length: 50 }, (_, index) => `text ${index}`);
      const batches = Array.from({ length: 4 }, () =>
        fetch(`${url}/v1/embeddings`, {
          method: 'POST',
          headers: { 'content-type': 'application/json' },
          body: JSON.stringify({ model: 'text-embedding-3-small', input }),
        }),
      );
      for (const response of await Promise.all(batches)) expect(response.status).toBe(200);
      const names = await until('its reader is open', async () => {
        const all = await socketsOf(redis);
        return all.includes('marquee-cache-reader') ? all : undefined;
      });
      expect(names.filter((name) => name === 'marquee-cache-reader')).toHaveLength(1);
      expect(names.length).toBeLessThanOrEqual(planned('API process', '--pool-size=3'));
      disconnect.abort();
    } finally {
      await api.stop('SIGKILL');
    }
  });
});

const socketsOf = async ({ redis: client }: TestRedisServer): Promise<string[]> =>
  [...String(await client.client('LIST')).matchAll(/name=(marquee-\S+)/g)].map(([, name]) => name ?? '');

/** The maximum that `npm run plan` prints for a process of this kind. */
function planned(kind: 'API process' | 'worker', ...options: string[]): number {
  const script = join(import.meta.dirname, '..', '..', 'scripts', 'plan', 'plan.mjs');
  const text = execFileSync(process.execPath, [script, ...options], { encoding: 'utf8' });
  return Number(new RegExp(`^one ${kind} +(\\d+)`, 'm').exec(text)?.[1]);
}
