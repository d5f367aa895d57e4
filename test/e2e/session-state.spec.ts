import { describe, expect, it } from '@jest/globals';
import { keyOf, unhurried, useSessionApi } from '../fixtures/session-api.js';

const marquee = useSessionApi(unhurried);
const { call, begin, append } = marquee;

describe('the TTL of a session', () => {
  it.each([
    [{ ttlSeconds: 120 }, 120],
    [{ ttlSeconds: 2_592_000 }, 2_592_000],
    [{ ttl: 'short' }, 3_600],
    [{ ttl: 'standard' }, 86_400],
    [{ ttl: 'long' }, 2_592_000],
  ])('is the one requested with %j, and is renewed by each use', async (draft, ttlSeconds) => {
    const created = await call('POST', '/sessions', draft);
    const id = created.body['id'] as string;
    expect(created.body['ttlSeconds']).toBe(ttlSeconds);
    const remainingMs = Date.parse(created.body['expiresAt'] as string) - Date.now();
    expect(Math.abs(remainingMs - ttlSeconds * 1000)).toBeLessThan(30_000);
    await append(id, ['a'], 'key');
    const uses: [string, () => Promise<unknown>][] = [
      ['read', () => call('GET', `/sessions/${id}`)],
      ['update', () => call('PATCH', `/sessions/${id}`, { userId: 'x' })],
      ['append', () => append(id, ['b'])],
      ['replay', () => append(id, ['a'], 'key')],
      ['page', () => call('GET', `/sessions/${id}/transcript`)],
      ['extend', () => call('POST', `/sessions/${id}/extend`, { ttlSeconds: 1 })],
      ['complete', () => call('POST', `/sessions/${id}/complete`)],
    ];
    for (const [name, use] of uses) {
      for (const part of ['metadata', 'transcript']) await marquee.redis.expire(keyOf(id, part), 30);
      await use();
      for (const part of ['metadata', 'transcript']) {
        const ttl = await marquee.redis.ttl(keyOf(id, part));
        expect([name, part, ttl > ttlSeconds - 20 && ttl <= ttlSeconds]).toEqual([name, part, true]);
      }
    }
    expect((await call('GET', `/sessions/${id}`)).body['ttlSeconds']).toBe(ttlSeconds);
  });
});

describe('the state of a session', () => {
  it.each([
    [{ 'a b': '1' }, 'metadata.a b', 'field names must be'],
    [{ tenant_id: 'acme' }, 'metadata.tenant_id', 'is a reserved name'],
    [['a'], 'metadata', 'must be a JSON object'],
    [{ a: { b: 1 } }, 'metadata.a', 'must be a string, a number or a boolean'],
  ])(
    'is stored, but not with the metadata %j, which is rejected with a reason',
    async (metadata, field, message) => {
      const id = await begin();
      const refusals = [
        call('POST', '/sessions', { metadata }),
        call('PATCH', `/sessions/${id}`, { metadata }),
      ];
      for (const { body } of await Promise.all(refusals)) {
        expect(body['errors']).toEqual([{ field, message: expect.stringContaining(message) }]);
      }
    },
  );

  it('is stored with its nesting, and merged with changes', async () => {
    const state = { cart: { movies: [949], note: 'ñ', empty: [], big: 1e21 }, step: 1, gone: { a: null } };
    const created = await call('POST', '/sessions', { state });
    const id = created.body['id'] as string;
    expect(created.body['state']).toEqual(state);
    expect(await marquee.redis.hget(keyOf(id, 'metadata'), 'state')).toBe(JSON.stringify(state));
    const patch = { cart: { movies: [949, 680], note: null }, gone: null, late: { deep: [[]] } };
    const patched = await call('PATCH', `/sessions/${id}`, { state: patch, metadata: { device: 'tv' } });
    const merged = { cart: { movies: [949, 680], empty: [], big: 1e21 }, step: 1, late: { deep: [[]] } };
    expect(patched.body).toMatchObject({ state: merged, metadata: { device: 'tv' } });
    expect((await call('GET', `/sessions/${id}`)).body['state']).toEqual(merged);
    await call('PATCH', `/sessions/${id}`, { state: { only: null }, replaceState: true });
    expect((await call('GET', `/sessions/${id}`)).body['state']).toEqual({ only: null });
    expect((await call('PATCH', `/sessions/${id}`, { state: null })).body['state']).toBeNull();
    expect(await marquee.redis.hexists(keyOf(id, 'metadata'), 'state')).toBe(0);
    expect((await call('PATCH', `/sessions/${id}`, { state: { a: 1 } })).body['state']).toEqual({ a: 1 });
  });

  it('includes all changes that are merged at the same time', async () => {
    const id = await begin({ state: { members: {} } });
    const names = Array.from({ length: 40 }, (_, index) => `m${index}`);
    const answers = await Promise.all(
      names.map((name) => call('PATCH', `/sessions/${id}`, { state: { members: { [name]: true } } })),
    );
    expect(answers.map(({ status }) => status)).toEqual(names.map(() => 200));
    const { members } = (await call('GET', `/sessions/${id}`)).body['state'] as { members: object };
    expect(Object.keys(members).sort()).toEqual(names.sort());
  });

  it('is limited in size and depth', async () => {
    const half = { a: 'x'.repeat(40_000) };
    const id = await begin({ state: half });
    for (const refused of [
      await call('POST', '/sessions', { state: { a: 'x'.repeat(65_536) } }),
      await call('PATCH', `/sessions/${id}`, { state: { b: 'x'.repeat(40_000) } }),
    ]) {
      expect(refused).toMatchObject({
        status: 413,
        body: { type: 'urn:marquee:problem:session-too-large', errors: [{ field: 'state' }] },
      });
    }
    expect((await call('GET', `/sessions/${id}`)).body['state']).toEqual(half);
    const nested = (depth: number): object => (depth === 1 ? {} : { a: nested(depth - 1) });
    expect((await call('PATCH', `/sessions/${id}`, { state: nested(16) })).status).toBe(200);
    expect(await call('PATCH', `/sessions/${id}`, { state: nested(17) })).toMatchObject({
      status: 400,
      body: { errors: [{ field: 'state' }] },
    });
  });
});

describe('the limits of a transcript', () => {
  it('include chunks that other programs push', async () => {
    const id = await begin();
    const transcript = keyOf(id, 'transcript');
    await append(id, ['ours']);
    const chunk = 'x'.repeat(1_048_576);
    await marquee.redis.rpush(transcript, chunk, chunk, chunk);
    expect((await append(id, ['still fits'])).body).toEqual({ total: 5 });
    expect(await marquee.redis.hmget(keyOf(id, 'metadata'), 'transcript_chunks', 'transcript_bytes')).toEqual(
      ['5', `${3 * 1_048_576 + 14}`],
    );
    await marquee.redis.rpush(transcript, chunk);
    expect(await append(id, ['no more'])).toMatchObject({
      status: 413,
      body: { errors: [{ field: 'chunks' }] },
    });
    // After the other program has trimmed the list, there is room again.
    await marquee.redis.ltrim(transcript, 0, 0);
    expect((await append(id, ['fits again'])).body).toEqual({ total: 2 });
    await marquee.redis.rpush(transcript, ...Array.from({ length: 100_000 }, () => ''));
    expect((await append(id, ['no more'])).status).toBe(413);
  });
});
