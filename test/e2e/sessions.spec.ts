import { once } from 'node:events';
import { type ClientRequest, get as httpGet, type IncomingMessage } from 'node:http';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from '@jest/globals';
import { startApi, type TestApi } from '../fixtures/api.js';
import { TestRedisServer } from '../fixtures/redis-server.js';
import { until } from '../fixtures/until.js';

let redis: TestRedisServer;
let api: TestApi;

beforeAll(async () => {
  redis = await TestRedisServer.start();
});
afterAll(() => redis.stop());
beforeEach(async () => {
  await redis.redis.flushall();
  api = await startApi({ REDIS_URL: redis.url });
});
afterEach(() => api.close());

const call = async (method: string, path: string, body?: unknown, headers: Record<string, string> = {}) => {
  const response = await fetch(`${api.url}/v1${path}`, {
    method,
    headers: { ...(body === undefined ? {} : { 'content-type': 'application/json' }), ...headers },
    ...(body === undefined ? {} : { body: JSON.stringify(body) }),
  });
  const text = await response.text();
  const isJson = response.headers.get('content-type')?.includes('json');
  return {
    status: response.status,
    headers: response.headers,
    text,
    body: (isJson && text !== '' ? JSON.parse(text) : {}) as Record<string, unknown>,
  };
};
const begin = async (draft?: object): Promise<string> =>
  (await call('POST', '/sessions', draft)).body['id'] as string;
const append = (id: string, chunks: string[], key?: string) =>
  call('POST', `/sessions/${id}/transcript`, { chunks }, key === undefined ? {} : { 'idempotency-key': key });
const keyOf = (id: string, part: string): string => `prod:session:${id}:${part}`;
const events = async (): Promise<Record<string, string>[]> =>
  (await redis.redis.xrange('prod:transcription_events', '-', '+')).map(([, fields]) =>
    Object.fromEntries(
      Array.from({ length: fields.length / 2 }, (_, index) => [fields[2 * index], fields[2 * index + 1]]),
    ),
  );

describe('sessions', () => {
  it('begin with the documented shape, in the documented hash', async () => {
    const { status, headers, body } = await call('POST', '/sessions', {
      userId: 'viewer-7',
      agentId: 'concierge',
      language: 'en-US',
      metadata: { device: 'tv', episodes: 3, hd: true },
    });
    expect(status).toBe(201);
    expect(headers.get('location')).toBe(`/v1/sessions/${body['id'] as string}`);
    expect(body).toEqual({
      id: expect.stringMatching(/^[0-9a-f]{8}-[0-9a-f]{4}-7[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}$/),
      tenantId: 'default',
      userId: 'viewer-7',
      agentId: 'concierge',
      language: 'en-US',
      startedAt: expect.any(String),
      expiresAt: expect.any(String),
      completedAt: null,
      ttlSeconds: 86_400,
      metadata: { device: 'tv', episodes: '3', hd: 'true' },
      state: null,
    });
    expect(await redis.redis.hgetall(keyOf(body['id'] as string, 'metadata'))).toEqual({
      tenant_id: 'default',
      user_id: 'viewer-7',
      agent_id: 'concierge',
      language: 'en-US',
      started_at: body['startedAt'],
      device: 'tv',
      episodes: '3',
      hd: 'true',
    });
  });

  it('live a day from any use, metadata and transcript together', async () => {
    const id = await begin();
    await append(id, ['a']);
    const uses: (() => Promise<unknown>)[] = [
      () => call('GET', `/sessions/${id}`),
      () => call('PATCH', `/sessions/${id}`, { userId: 'x' }),
      () => append(id, ['b']),
      () => call('GET', `/sessions/${id}/transcript`),
      () => call('POST', `/sessions/${id}/complete`),
    ];
    for (const use of uses) {
      await Promise.all([
        redis.redis.expire(keyOf(id, 'metadata'), 100),
        redis.redis.expire(keyOf(id, 'transcript'), 50),
      ]);
      await use();
      const [metadata, transcript] = [
        await redis.redis.pttl(keyOf(id, 'metadata')),
        await redis.redis.pttl(keyOf(id, 'transcript')),
      ];
      expect(metadata).toBeGreaterThan(86_390_000);
      expect(Math.abs(metadata - transcript)).toBeLessThan(50);
    }
  });

  it('live longer where that is asked for, and no use shortens it', async () => {
    const id = await begin();
    await append(id, ['a']);
    expect((await call('POST', `/sessions/${id}/extend`, { ttlSeconds: 2_592_000 })).status).toBe(200);
    await call('GET', `/sessions/${id}`);
    expect(await redis.redis.ttl(keyOf(id, 'transcript'))).toBeGreaterThan(2_591_900);
    expect((await call('POST', `/sessions/${id}/extend`, { ttlSeconds: 2_592_001 })).status).toBe(400);
  });

  it('are changed field by field, and null removes', async () => {
    const id = await begin({ userId: 'u', language: 'en', metadata: { a: '1', b: '2' } });
    const { body } = await call('PATCH', `/sessions/${id}`, {
      userId: null,
      language: 'fr',
      metadata: { a: null, c: '3' },
    });
    expect(body).toMatchObject({ userId: null, language: 'fr', metadata: { b: '2', c: '3' } });
  });

  it('are removed when they are deleted, and publish an event', async () => {
    const id = await begin();
    await append(id, ['a']);
    expect((await call('DELETE', `/sessions/${id}`)).status).toBe(204);
    expect(await redis.redis.exists(keyOf(id, 'metadata'), keyOf(id, 'transcript'))).toBe(0);
    for (const [method, path, body] of [
      ['GET', ''],
      ['PATCH', '', {}],
      ['DELETE', ''],
      ['GET', '/transcript'],
      ['POST', '/transcript', { chunks: ['x'] }],
      ['POST', '/complete', {}],
      ['GET', '/events'],
    ] as const)
      expect([path, (await call(method, `/sessions/${id}${path}`, body)).status]).toEqual([path, 404]);
    expect((await events()).at(-1)).toMatchObject({ event_type: 'session_deleted', session_id: id });
  });

  it.each([
    ['POST', '/sessions', { userId: 7 }, 'userId'],
    ['POST', '/sessions', { userId: '' }, 'userId'],
    ['POST', '/sessions', { language: 'x' }, 'language'],
    ['POST', '/sessions', { metadata: { 'a b': '1' } }, 'metadata.a b'],
    ['POST', '/sessions', { metadata: { tenant_id: 'acme' } }, 'metadata.tenant_id'],
    ['POST', '/sessions', { metadata: { a: { b: 1 } } }, 'metadata.a'],
    ['POST', '/sessions', { tenantId: 'acme' }, 'body'],
    ['POST', '/sessions', [], 'body'],
    ['POST', '/sessions', { state: [1] }, 'state'],
    ['POST', '/sessions', { state: 'x' }, 'state'],
    ['POST', '/sessions', { metadata: { state: 'x' } }, 'metadata.state'],
    ['PATCH', '/sessions/x', { state: [1] }, 'state'],
    ['PATCH', '/sessions/x', { state: {}, replaceState: 1 }, 'replaceState'],
    ['POST', '/sessions', { ttlSeconds: 59 }, 'ttlSeconds'],
    ['POST', '/sessions', { ttlSeconds: 2_592_001 }, 'ttlSeconds'],
    ['POST', '/sessions', { ttlSeconds: 90.5 }, 'ttlSeconds'],
    ['POST', '/sessions', { ttl: 'eternal' }, 'ttl'],
    ['POST', '/sessions', { ttl: 'short', ttlSeconds: 60 }, 'ttl'],
    ['POST', '/sessions/x/transcript', { chunks: [] }, 'chunks'],
    ['POST', '/sessions/x/transcript', { chunks: ['a', ''] }, 'chunks[1]'],
    ['POST', '/sessions/x/transcript', { chunks: 'a' }, 'chunks'],
    ['POST', '/sessions/x/transcript', { chunks: ['\ud800'] }, 'chunks[0]'],
    ['POST', '/sessions/x%3Ay/transcript', { chunks: ['a'] }, 'id'],
    ['GET', '/sessions/x/transcript?limit=0', undefined, 'limit'],
    ['GET', '/tenants/default/sessions?cursor=x', undefined, 'cursor'],
    ['GET', '/tenants/default/sessions?userId=', undefined, 'userId'],
    ['DELETE', '/tenants/default/sessions', undefined, 'userId'],
    ['DELETE', '/tenants/default/sessions?userId=a&limit=1001', undefined, 'limit'],
    ['PUT', '/tasks/t/result', {}, 'result'],
    ['PUT', '/tasks/t', { status: 'done' }, 'result'],
    ['PUT', '/tasks/t', { status: 'running', result: 1 }, 'result'],
    ['PUT', '/tasks/t', { status: 'stuck' }, 'status'],
    ['PUT', '/tasks/t', { status: 'running', progress: 1.5 }, 'progress'],
    ['PUT', '/tasks/t', { result: 1, ttlSeconds: 0 }, 'ttlSeconds'],
    ['PUT', '/tasks/t', { result: 1, ttlSeconds: 604_801 }, 'ttlSeconds'],
    ['PUT', '/tasks/t', { result: 1, owner: 'x' }, 'body'],
    ['PUT', '/tasks/a%7Bb/result', { result: 1 }, 'id'],
  ])('%s %s with %j: 400 naming %s', async (method, path, body, field) => {
    const { status, body: problem } = await call(method, path, body);
    expect([status, (problem['errors'] as { field: string }[])?.[0]?.field]).toEqual([400, field]);
  });

  it('hold a bounded number of fields', async () => {
    const metadata = Object.fromEntries(Array.from({ length: 63 }, (_, index) => [`f${index}`, 'x']));
    expect((await call('POST', '/sessions', { metadata })).status).toBe(413);
    const id = await begin();
    expect(await call('PATCH', `/sessions/${id}`, { metadata })).toMatchObject({
      status: 413,
      body: { errors: [{ field: 'metadata' }] },
    });
    expect((await call('GET', `/sessions/${id}`)).body['metadata']).toEqual({});
  });

  it('written by another program are read as ours', async () => {
    await redis.redis.hset(keyOf('abc-123', 'metadata'), {
      tenant_id: 'default',
      started_at: '2026-01-01T00:00:00',
      language: 'en-US',
      state: 'active',
    });
    expect((await call('GET', '/sessions/abc-123')).body).toMatchObject({
      metadata: { state: 'active' },
      state: null,
    });
    await redis.redis.rpush(keyOf('abc-123', 'transcript'), 'one', 'two');
    expect((await call('GET', '/sessions/abc-123/transcript')).body).toEqual({
      chunks: ['one', 'two'],
      total: 2,
    });
    expect((await append('abc-123', ['three'])).body).toEqual({ total: 3 });
    expect(await redis.redis.ttl(keyOf('abc-123', 'transcript'))).toBeGreaterThan(86_000);
  });
});

describe("a tenant's list", () => {
  const list = async (query = '') => {
    const { body } = await call('GET', `/tenants/default/sessions${query}`);
    return {
      ids: (body['sessions'] as { id: string }[]).map(({ id }) => id),
      nextCursor: body['nextCursor'] as string | null,
    };
  };

  it('is in the order of last use, in pages, without the dead', async () => {
    const ids: string[] = [];
    for (let index = 0; index < 7; index++) ids.push(await begin());
    await redis.redis.unlink(keyOf(ids[3] as string, 'metadata'));
    await redis.redis.zadd('prod:tenant:default:sessions', Date.now() - 120_000, ids[3] as string);
    await until('each was used at a moment of its own', async () => {
      await call('GET', `/sessions/${ids[0] as string}`);
      return (await list()).ids[0] === ids[0];
    });
    const expected = [ids[0], ...[6, 5, 4, 2, 1].map((index) => ids[index])];
    expect((await list()).ids).toEqual(expected);
    const pages: string[] = [];
    for (let cursor: string | null = ''; cursor !== null;) {
      const page: Awaited<ReturnType<typeof list>> = await list(
        `?limit=2${cursor ? `&cursor=${cursor}` : ''}`,
      );
      expect(page.ids.length).toBeLessThanOrEqual(2);
      pages.push(...page.ids);
      cursor = page.nextCursor;
    }
    expect(pages).toEqual(expected);
    expect(await redis.redis.zscore('prod:tenant:default:sessions', ids[3] as string)).toBeNull();
    expect(await redis.redis.ttl('prod:tenant:default:sessions')).toBeGreaterThan(0);
  });
});

describe('transcripts', () => {
  it('keep their order, in pages and joined', async () => {
    const id = await begin();
    await append(id, ['a', 'b  c']);
    expect((await append(id, ['d ✓'])).body).toEqual({ total: 3 });
    expect((await call('GET', `/sessions/${id}/transcript?offset=1&limit=1`)).body).toEqual({
      chunks: ['b  c'],
      total: 3,
    });
    const text = await call('GET', `/sessions/${id}/transcript`, undefined, { accept: 'text/plain' });
    expect([text.text, text.headers.get('content-type')]).toEqual([
      'a b  c d ✓',
      'text/plain; charset=utf-8',
    ]);
    expect(await redis.redis.lrange(keyOf(id, 'transcript'), 0, -1)).toEqual(['a', 'b  c', 'd ✓']);
  });

  it('take a retried append once', async () => {
    const id = await begin();
    const answers = await Promise.all(Array.from({ length: 20 }, () => append(id, ['a', 'b'], 'key-1')));
    for (const { status, body } of answers) expect([status, body]).toEqual([200, { total: 2 }]);
    expect(answers.filter(({ headers }) => headers.get('idempotency-replayed') === 'true')).toHaveLength(19);
    expect((await append(id, ['other'], 'key-1')).status).toBe(422);
    expect((await append(id, ['a', 'b'], 'key-2')).body).toEqual({ total: 4 });
    expect((await append(id, ['x'], 'bad key')).status).toBe(400);
    for (const key of await redis.redis.keys('prod:session:*:idempotency:*'))
      expect(await redis.redis.ttl(key)).toBeGreaterThan(3500);
    expect((await events()).filter(({ event_type }) => event_type === 'transcript_appended')).toHaveLength(2);
  });

  it('are bounded', async () => {
    const id = await begin();
    await redis.redis.hset(keyOf(id, 'metadata'), {
      transcript_chunks: 0,
      transcript_bytes: 4 * 1024 * 1024 - 2,
    });
    expect(await append(id, ['abc'])).toMatchObject({
      status: 413,
      body: { type: 'urn:marquee:problem:session-too-large', errors: [{ field: 'chunks' }] },
    });
    expect((await append(id, ['ab'])).status).toBe(200);
    expect(await redis.redis.llen(keyOf(id, 'transcript'))).toBe(1);
  });

  it('are completed once, with the whole text in the event', async () => {
    const id = await begin();
    await append(id, ['a', 'b']);
    await append(id, ['c']);
    const first = await call('POST', `/sessions/${id}/complete`);
    expect(first).toMatchObject({ status: 200, body: { total: 3 } });
    expect((await call('POST', `/sessions/${id}/complete`)).body).toEqual(first.body);
    expect(await append(id, ['late'])).toMatchObject({
      status: 409,
      body: { type: 'urn:marquee:problem:session-completed' },
    });
    const completed = (await events()).filter(({ event_type }) => event_type === 'transcript_completed');
    expect(completed).toEqual([
      {
        event_type: 'transcript_completed',
        session_id: id,
        tenant_id: 'default',
        transcript: 'a b c',
        timestamp: first.body['completedAt'],
      },
    ]);
    expect((await call('GET', `/sessions/${id}`)).body['completedAt']).toBe(first.body['completedAt']);
  });

  it('are deleted on completion where that is asked for', async () => {
    const id = await begin();
    await append(id, ['a']);
    await call('POST', `/sessions/${id}/complete`, { deleteTranscript: true });
    expect(await redis.redis.exists(keyOf(id, 'transcript'))).toBe(0);
    expect((await call('GET', `/sessions/${id}/transcript`)).body).toEqual({ chunks: [], total: 0 });
  });
});

describe('when Redis is away', () => {
  it('nothing is acknowledged: 503 with Retry-After', async () => {
    const id = await begin();
    redis.freeze();
    const answers = await Promise.all([
      call('POST', '/sessions', {}),
      call('GET', `/sessions/${id}`),
      append(id, ['a'], 'k'),
      call('POST', `/sessions/${id}/complete`),
      call('GET', `/sessions/${id}/events`),
      call('GET', '/tenants/default/sessions'),
      call('PUT', '/tasks/t/result', { result: 1 }),
      call('POST', '/tasks/t/claim'),
    ]);
    redis.thaw();
    for (const { status, headers, body } of answers)
      expect([status, headers.get('retry-after'), body['type']]).toEqual([
        503,
        '1',
        'urn:marquee:problem:unavailable',
      ]);
    // It may have run all the same: the same key makes the retry harmless.
    await until('it is appended', async () => (await append(id, ['a'], 'k')).status !== 503);
    expect(await redis.redis.llen(keyOf(id, 'transcript'))).toBeLessThanOrEqual(1);
  });
});

describe('server-sent events', () => {
  interface Listening {
    readonly request: ClientRequest;
    readonly response: IncomingMessage;
    readonly events: { id: string; event: string; data: { transcript: string; sessionId: string } }[];
    /** How often it received a gap event. */
    readonly gaps: number;
  }
  const open: ClientRequest[] = [];
  afterEach(() => {
    for (const request of open.splice(0)) request.destroy();
  });

  const listen = async (id: string, lastEventId?: string): Promise<Listening> => {
    const request = httpGet(`${api.url}/v1/sessions/${id}/events`, {
      headers: lastEventId === undefined ? {} : { 'last-event-id': lastEventId },
      agent: false,
    });
    open.push(request);
    request.on('error', () => undefined);
    const [response] = (await once(request, 'response')) as [IncomingMessage];
    const received: Listening['events'] = [];
    let [text, gaps] = ['', 0];
    response.on('error', () => undefined);
    response.setEncoding('utf8').on('data', (part: string) => {
      text += part;
      for (let end = text.indexOf('\n\n'); end !== -1; end = text.indexOf('\n\n')) {
        const lines = text.slice(0, end).split('\n');
        text = text.slice(end + 2);
        const field = (name: string): string =>
          lines.find((line) => line.startsWith(`${name}: `))?.slice(name.length + 2) ?? '';
        if (field('event') === 'gap') gaps++;
        if (field('id'))
          received.push({ id: field('id'), event: field('event'), data: JSON.parse(field('data')) });
      }
    });
    return {
      request,
      response,
      events: received,
      get gaps() {
        return gaps;
      },
    };
  };
  const receivedBy = (listening: Listening, count: number) =>
    until(`${count} events are received`, () => listening.events.length >= count);

  it('tell a session’s listeners of it, and nobody else', async () => {
    const [one, two] = [await begin(), await begin()];
    const [a, b, other] = [await listen(one), await listen(one), await listen(two)];
    expect(a.response.headers).toMatchObject({
      'content-type': 'text/event-stream; charset=utf-8',
      'cache-control': 'no-store',
    });
    await append(one, ['hello', 'world']);
    await append(two, ['elsewhere']);
    await call('POST', `/sessions/${one}/complete`);
    for (const listening of [a, b]) {
      await receivedBy(listening, 2);
      expect(listening.events.map(({ event, data }) => [event, data.transcript])).toEqual([
        ['transcript_appended', 'hello world'],
        ['transcript_completed', 'hello world'],
      ]);
    }
    await receivedBy(other, 1);
    expect(other.events.map(({ data }) => data.sessionId)).toEqual([two]);
  });

  it('go on after Last-Event-ID, missing nothing', async () => {
    const [id, noise] = [await begin(), await begin()];
    const first = await listen(id);
    await append(id, ['1']);
    await receivedBy(first, 1);
    first.request.destroy();
    for (let number = 2; number <= 40; number++) {
      await append(id, [`${number}`]);
      await append(noise, ['x']);
    }
    const again = await listen(id, first.events[0]?.id);
    await append(id, ['41']);
    await receivedBy(again, 40);
    expect(again.events.map(({ data }) => data.transcript)).toEqual(
      Array.from({ length: 40 }, (_, index) => `${index + 2}`),
    );
    const fromTheStart = await listen(id, '0');
    await receivedBy(fromTheStart, 41);
    expect(new Set(fromTheStart.events.map(({ id: eventId }) => eventId)).size).toBe(41);
  });

  it('say what is not kept any more, and where the rest of a long text is', async () => {
    const [id, noise] = [await begin(), await begin()];
    await append(id, ['1']);
    const [first] = await redis.redis.xrange('prod:transcription_events', '-', '+');
    const chunks = ['x'.repeat(5_000), 'tail'];
    await append(id, chunks);
    const fresh = await listen(noise);
    const complete = await listen(id, '0');
    await receivedBy(complete, 2);
    expect([complete.events[0]?.data, complete.gaps]).toEqual([
      { sessionId: id, transcript: '1', timestamp: expect.any(String) },
      0,
    ]);
    expect(complete.events[1]?.data).toEqual({
      sessionId: id,
      transcript: 'x'.repeat(4_096),
      timestamp: expect.any(String),
      truncated: true,
      bytes: 5_005,
      chunks: { from: 1, to: 2 },
      url: `/v1/sessions/${id}/transcript?offset=1&limit=2`,
    });
    const { url } = (complete.events[1] as { data: unknown }).data as { url: string };
    expect(((await (await fetch(`${api.url}${url}`)).json()) as { chunks: string[] }).chunks).toEqual(chunks);
    await redis.redis.xdel('prod:transcription_events', first?.[0] ?? '');
    const late = await listen(id, '0');
    await receivedBy(late, 1);
    expect([late.gaps, late.events[0]?.data.transcript.length]).toEqual([1, 4_096]);
    expect(fresh.gaps).toBe(0);
  });

  it('are read by one connection, however many listen, and go on after Redis was cut', async () => {
    const id = await begin();
    const listeners = await Promise.all(Array.from({ length: 30 }, () => listen(id)));
    await until('there is one reader', async () => {
      const clients = (await redis.redis.client('LIST')) as string;
      return clients.split('\n').filter((line) => line.includes('cmd=xread ')).length === 1;
    });
    await redis.redis.call('CLIENT', 'KILL', 'TYPE', 'normal');
    await until('it is appended', async () => (await append(id, ['after'], 'k')).status === 200);
    await Promise.all(listeners.map((listening) => receivedBy(listening, 1)));
    for (const listening of listeners)
      expect(listening.events.map(({ data }) => data.transcript)).toEqual(['after']);
  });

  it('hand over more than fits a buffer, and forget one that left before it began', async () => {
    const id = await begin();
    const text = 'x'.repeat(30_000);
    for (let number = 0; number < 30; number++) await append(id, [text]);
    const listening = await listen(id, '0');
    await receivedBy(listening, 30);
    const gone = Array.from({ length: 20 }, () =>
      httpGet(`${api.url}/v1/sessions/${id}/events`, { agent: false }).on('error', () => undefined),
    );
    await Promise.all(gone.map((request) => once(request, 'socket')));
    for (const request of gone) request.destroy();
    await call('GET', `/sessions/${id}`);
    await until('they are forgotten', async () => (await listenersOf()).listeners === 1);
  });

  it('answer HEAD with their headers, without a stream or a listener', async () => {
    const id = await begin();
    const response = await call('HEAD', `/sessions/${id}/events`);
    expect([response.status, response.headers.get('content-type'), response.text]).toEqual([
      200,
      'text/event-stream; charset=utf-8',
      '',
    ]);
    expect((await listenersOf()).listeners).toBe(0);
    expect((await call('HEAD', '/sessions/none/events')).status).toBe(404);
  });

  it('refuse a wrong id, and more listeners than there may be', async () => {
    await api.close();
    api = await startApi({ REDIS_URL: redis.url, EVENTS_MAX_LISTENERS: '2' });
    const id = await begin();
    expect((await call('GET', `/sessions/${id}/events`, undefined, { 'last-event-id': 'x' })).status).toBe(
      400,
    );
    await listen(id);
    const second = await listen(id);
    expect(await call('GET', `/sessions/${id}/events`)).toMatchObject({
      status: 503,
      body: { type: 'urn:marquee:problem:too-many-listeners' },
    });
    second.request.destroy();
    await until('there is room again', async () => {
      const third = await listen(id);
      return third.response.statusCode === 200;
    });
  });

  it('cut off a client that does not keep up', async () => {
    const id = await begin();
    const slow = await listen(id);
    slow.response.pause();
    let isCut = false;
    slow.response.once('close', () => (isCut = true));
    const fields = [
      'event_type',
      'transcript_appended',
      'session_id',
      id,
      'transcript',
      'x'.repeat(1_000_000),
    ];
    // The sockets' own buffers hold some megabytes.
    await until('it is cut off', async () => {
      await redis.redis.xadd('prod:transcription_events', 'MAXLEN', '~', 10, '*', ...fields);
      const { listeners } = await listenersOf();
      return isCut || listeners === 0;
    });
    expect((await call('GET', `/sessions/${id}`)).status).toBe(200);
  });

  const listenersOf = async (): Promise<{ listeners: number }> => {
    const text = await (await fetch(`${api.url}/metrics`)).text();
    return { listeners: Number(/marquee_events_listeners (\d+)/.exec(text)?.[1] ?? Number.NaN) };
  };
});
