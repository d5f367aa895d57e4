import { once } from 'node:events';
import { type ClientRequest, get as httpGet, type IncomingMessage } from 'node:http';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from '@jest/globals';
import { startApi, type TestApi } from '../fixtures/api.js';
import { TestRedisServer } from '../fixtures/redis-server.js';
import { until } from '../fixtures/until.js';

const mebibyte = 1_048_576;
const stream = 'prod:transcription_events';
const largeChunks = Array.from({ length: 32 }, () => 'x'.repeat(32_768));

/** Other clients must not be affected. */
describe('a client that uses everything its limits allow', () => {
  let redis: TestRedisServer;
  let api: TestApi;
  const open: ClientRequest[] = [];

  beforeAll(async () => {
    redis = await TestRedisServer.start();
  });
  afterAll(() => redis.stop());
  beforeEach(async () => {
    await redis.redis.config('SET', 'maxmemory', '48mb', 'maxmemory-policy', 'volatile-lru');
    await redis.redis.flushall();
    await redis.redis.config('RESETSTAT');
    api = await startApi({
      REDIS_URL: redis.url,
      // A busy machine must not look like an outage.
      REDIS_BUDGET_MS: '1000',
      REDIS_SOCKET_TIMEOUT_MS: '10000',
      EVENTS_MAX_BYTES: `${2 * mebibyte}`,
      SESSIONS_MAX_TENANT_BYTES: `${8 * mebibyte}`,
    });
  });
  afterEach(async () => {
    for (const request of open.splice(0)) request.destroy();
    await api.close();
  });

  const call = async (method: string, path: string, body?: unknown) => {
    const response = await fetch(`${api.url}/v1${path}`, {
      method,
      ...(body === undefined
        ? {}
        : { headers: { 'content-type': 'application/json' }, body: JSON.stringify(body) }),
    });
    const text = await response.text();
    return {
      status: response.status,
      headers: response.headers,
      body: (text === '' ? {} : JSON.parse(text)) as Record<string, unknown>,
    };
  };
  const begin = async (): Promise<string> => {
    const { status, body } = await call('POST', '/sessions', {});
    expect([status, body['detail']]).toEqual([201, undefined]);
    return body['id'] as string;
  };
  const append = (id: string, chunks: readonly string[]) =>
    call('POST', `/sessions/${id}/transcript`, { chunks });
  const info = async (field: string): Promise<number> =>
    Number(new RegExp(`^${field}:(\\d+)`, 'm').exec(await redis.redis.info())?.[1]);

  it('evicts no other session, keeps the stream within its limit, and is told how much it holds', async () => {
    const others: string[] = [];
    for (let number = 0; number < 20; number++) {
      const id = await begin();
      await append(id, [`chunk of ${number}`]);
      others.push(id);
    }
    const statuses = new Set<number>();
    let refusal: Record<string, unknown> = {};
    for (let number = 0; number < 60; number++) {
      const id = await begin();
      const { status, body } = await append(id, largeChunks);
      statuses.add(status);
      if (status === 413) refusal = body;
    }
    expect(statuses).toEqual(new Set([200, 413]));
    expect(refusal).toMatchObject({
      type: 'urn:marquee:problem:tenant-full',
      detail: expect.stringContaining('Delete sessions'),
      heldBytes: expect.any(Number),
      maxBytes: 8 * mebibyte,
    });
    expect(await redis.redis.memory('USAGE', stream, 'SAMPLES', 0)).toBeLessThan(2 * mebibyte + 131_072);
    expect(await info('evicted_keys')).toBe(0);
    for (const [number, id] of others.entries()) {
      const { status, body } = await call('GET', `/sessions/${id}/transcript`);
      expect([status, body['chunks']]).toEqual([200, [`chunk of ${number}`]]);
      expect((await append(id, ['more'])).status).toBe(200);
    }
  });

  it('does not slow down others when many listeners catch up from the beginning', async () => {
    const [quiet, loud] = [await begin(), await begin()];
    await append(quiet, ['first']);
    // A full stream of everybody's events.
    for (let number = 0; number < 500; number++) await append(loud, ['x'.repeat(4_000)]);
    await redis.redis.config('RESETSTAT');
    const before = await info('used_memory');
    const received = new Map<ClientRequest, string>();
    const listen = async (id: string): Promise<void> => {
      const request = httpGet(`${api.url}/v1/sessions/${id}/events`, {
        headers: { 'last-event-id': '0' },
        agent: false,
      });
      open.push(request);
      request.on('error', () => undefined);
      const [response] = (await once(request, 'response')) as [IncomingMessage];
      expect(response.statusCode).toBe(200);
      received.set(request, '');
      response.on('error', () => undefined);
      response
        .setEncoding('utf8')
        .on('data', (text: string) => received.set(request, `${received.get(request)}${text}`));
    };
    const statuses: number[] = [];
    const caughtUp = new AbortController();
    const appending = (async () => {
      while (!caughtUp.signal.aborted) statuses.push((await append(await begin(), ['meanwhile'])).status);
    })();
    await Promise.all(Array.from({ length: 24 }, (_, index) => listen(index < 12 ? quiet : loud)));
    await append(quiet, ['last']);
    await append(loud, ['last']);
    await until('every listener has caught up', () =>
      [...received.values()].every((text) => text.includes('"transcript":"last"')),
    );
    caughtUp.abort();
    await appending;
    expect(statuses.length).toBeGreaterThan(0);
    expect(new Set(statuses)).toEqual(new Set([200]));
    expect((await info('used_memory_peak')) - before).toBeLessThan(16 * mebibyte);
    // The stream has dropped the first events of both.
    for (const text of received.values()) expect(text).toContain('event: gap\n');
    // What is read belongs to the session: no entry of another was sent by XRANGE.
    const { cmdstat_xrange: xrange } = Object.fromEntries(
      [...(await redis.redis.info('commandstats')).matchAll(/^(cmdstat_\S+?):calls=(\d+)/gm)].map(
        ([, name, calls]) => [name, Number(calls)],
      ),
    );
    expect(xrange ?? 0).toBeLessThan(12 * 1_000);
  });

  it('does not prevent others from deleting sessions on a full server without eviction', async () => {
    const ids: string[] = [];
    for (let number = 0; number < 5; number++) {
      const id = await begin();
      await append(id, ['a']);
      ids.push(id);
    }
    await redis.redis.config('SET', 'maxmemory-policy', 'noeviction', 'maxmemory', '1mb');
    expect(await append(ids[0] as string, ['b'])).toMatchObject({
      status: 503,
      body: { type: 'urn:marquee:problem:redis-full' },
    });
    for (const id of ids) {
      expect((await call('DELETE', `/sessions/${id}`)).status).toBe(204);
      expect((await call('GET', `/sessions/${id}`)).status).toBe(404);
    }
  });
});
