import { describe, expect, it } from '@jest/globals';
import { keyOf, unhurried, useSessionApi } from '../fixtures/session-api.js';
import { until } from '../fixtures/until.js';

const marquee = useSessionApi(unhurried);
const { call, begin, append } = marquee;

const events = async (): Promise<Record<string, string>[]> =>
  (await marquee.redis.xrange('prod:transcription_events', '-', '+')).map(([, fields]) =>
    Object.fromEntries(
      Array.from({ length: fields.length / 2 }, (_, index) => [fields[2 * index], fields[2 * index + 1]]),
    ),
  );

describe('sessions', () => {
  it('are created with the documented fields, in the documented hash', async () => {
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
    expect(await marquee.redis.hgetall(keyOf(body['id'] as string, 'metadata'))).toEqual({
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

  it('expire a day after their last use, together with their transcripts', async () => {
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
        marquee.redis.expire(keyOf(id, 'metadata'), 100),
        marquee.redis.expire(keyOf(id, 'transcript'), 50),
      ]);
      await use();
      const ttls = await marquee.redis
        .multi()
        .pttl(keyOf(id, 'metadata'))
        .pttl(keyOf(id, 'transcript'))
        .exec();
      const [metadata = 0, transcript = 0] = (ttls ?? []).map(([, ttl]) => Number(ttl));
      expect(metadata).toBeGreaterThan(86_390_000);
      expect(Math.abs(metadata - transcript)).toBeLessThan(50);
    }
  });

  it('can be extended to a longer TTL, which no use shortens', async () => {
    const id = await begin();
    await append(id, ['a']);
    expect((await call('POST', `/sessions/${id}/extend`, { ttlSeconds: 2_592_000 })).status).toBe(200);
    await call('GET', `/sessions/${id}`);
    expect(await marquee.redis.ttl(keyOf(id, 'transcript'))).toBeGreaterThan(2_591_900);
    expect((await call('POST', `/sessions/${id}/extend`, { ttlSeconds: 2_592_001 })).status).toBe(400);
  });

  it('are changed field by field, and null removes a field', async () => {
    const id = await begin({ userId: 'u', language: 'en', metadata: { a: '1', b: '2' } });
    const { body } = await call('PATCH', `/sessions/${id}`, {
      userId: null,
      language: 'fr',
      metadata: { a: null, c: '3' },
    });
    expect(body).toMatchObject({ userId: null, language: 'fr', metadata: { b: '2', c: '3' } });
  });

  it('respond with 404 after they were deleted, and publish an event', async () => {
    const id = await begin();
    await append(id, ['a']);
    expect((await call('DELETE', `/sessions/${id}`)).status).toBe(204);
    expect(await marquee.redis.exists(keyOf(id, 'metadata'), keyOf(id, 'transcript'))).toBe(0);
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
  ])('return 400 for %s %s with %j, and name the field %s', async (method, path, body, field) => {
    const { status, body: problem } = await call(method, path, body);
    expect([status, (problem['errors'] as { field: string }[])?.[0]?.field]).toEqual([400, field]);
  });

  it('have a limited number of fields', async () => {
    const metadata = Object.fromEntries(Array.from({ length: 63 }, (_, index) => [`f${index}`, 'x']));
    expect((await call('POST', '/sessions', { metadata })).status).toBe(413);
    const id = await begin();
    expect(await call('PATCH', `/sessions/${id}`, { metadata })).toMatchObject({
      status: 413,
      body: { errors: [{ field: 'metadata' }] },
    });
    expect((await call('GET', `/sessions/${id}`)).body['metadata']).toEqual({});
  });

  it('can be written by another program', async () => {
    await marquee.redis.hset(keyOf('abc-123', 'metadata'), {
      tenant_id: 'default',
      started_at: '2026-01-01T00:00:00',
      language: 'en-US',
      state: 'active',
    });
    expect((await call('GET', '/sessions/abc-123')).body).toMatchObject({
      metadata: { state: 'active' },
      state: null,
    });
    await marquee.redis.rpush(keyOf('abc-123', 'transcript'), 'one', 'two');
    expect((await call('GET', '/sessions/abc-123/transcript')).body).toEqual({
      chunks: ['one', 'two'],
      total: 2,
    });
    expect((await append('abc-123', ['three'])).body).toEqual({ total: 3 });
    expect(await marquee.redis.ttl(keyOf('abc-123', 'transcript'))).toBeGreaterThan(86_000);
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

  it('has pages in the order of last use, without expired sessions', async () => {
    const ids: string[] = [];
    for (let index = 0; index < 7; index++) ids.push(await begin());
    await marquee.redis.unlink(keyOf(ids[3] as string, 'metadata'));
    await marquee.redis.zadd('prod:tenant:default:sessions', Date.now() - 120_000, ids[3] as string);
    await until('the first session is the last one used', async () => {
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
    expect(await marquee.redis.zscore('prod:tenant:default:sessions', ids[3] as string)).toBeNull();
    expect(await marquee.redis.ttl('prod:tenant:default:sessions')).toBeGreaterThan(0);
  });
});

describe('transcripts', () => {
  it('are returned in order, as pages and as text', async () => {
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
    expect(await marquee.redis.lrange(keyOf(id, 'transcript'), 0, -1)).toEqual(['a', 'b  c', 'd ✓']);
  });

  it('contain the chunks of a retried append once', async () => {
    const id = await begin();
    const answers = await Promise.all(Array.from({ length: 20 }, () => append(id, ['a', 'b'], 'key-1')));
    for (const { status, body } of answers) expect([status, body]).toEqual([200, { total: 2 }]);
    expect(answers.filter(({ headers }) => headers.get('idempotency-replayed') === 'true')).toHaveLength(19);
    expect((await append(id, ['other'], 'key-1')).status).toBe(422);
    expect((await append(id, ['a', 'b'], 'key-2')).body).toEqual({ total: 4 });
    expect((await append(id, ['x'], 'bad key')).status).toBe(400);
    for (const key of await marquee.redis.keys('prod:session:*:idempotency:*'))
      expect(await marquee.redis.ttl(key)).toBeGreaterThan(3500);
    expect((await events()).filter(({ event_type }) => event_type === 'transcript_appended')).toHaveLength(2);
  });

  it('are limited in size', async () => {
    const id = await begin();
    await marquee.redis.hset(keyOf(id, 'metadata'), {
      transcript_chunks: 0,
      transcript_bytes: 4 * 1024 * 1024 - 2,
    });
    expect(await append(id, ['abc'])).toMatchObject({
      status: 413,
      body: { type: 'urn:marquee:problem:session-too-large', errors: [{ field: 'chunks' }] },
    });
    expect((await append(id, ['ab'])).status).toBe(200);
    expect(await marquee.redis.llen(keyOf(id, 'transcript'))).toBe(1);
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

  it('are deleted on completion if the request asks for it', async () => {
    const id = await begin();
    await append(id, ['a']);
    await call('POST', `/sessions/${id}/complete`, { deleteTranscript: true });
    expect(await marquee.redis.exists(keyOf(id, 'transcript'))).toBe(0);
    expect((await call('GET', `/sessions/${id}/transcript`)).body).toEqual({ chunks: [], total: 0 });
  });
});

describe('while Redis is unavailable', () => {
  it('nothing is acknowledged, and requests get a 503 with Retry-After', async () => {
    // A short budget, so that the requests fail soon.
    await marquee.restart({ REDIS_BUDGET_MS: '200' });
    const id = await begin();
    marquee.server.freeze();
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
    marquee.server.thaw();
    for (const { status, headers, body } of answers)
      expect([status, headers.get('retry-after'), body['type']]).toEqual([
        503,
        '1',
        'urn:marquee:problem:unavailable',
      ]);
    // The append may have run, but the same key makes the retry harmless.
    await until('it is appended', async () => (await append(id, ['a'], 'k')).status !== 503);
    expect(await marquee.redis.llen(keyOf(id, 'transcript'))).toBeLessThanOrEqual(1);
  });
});
