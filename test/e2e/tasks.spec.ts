import { describe, expect, it } from '@jest/globals';
import { unhurried, useSessionApi } from '../fixtures/session-api.js';

const marquee = useSessionApi(unhurried);
const { call } = marquee;

describe('tasks', () => {
  it('store a result for half an hour, and return it once when claimed', async () => {
    const result = { movies: [949], note: 'ñ' };
    expect((await call('PUT', '/tasks/t-1/result', { result })).status).toBe(200);
    expect(JSON.parse((await marquee.redis.get('prod:task:t-1:result')) ?? '')).toEqual(result);
    expect(await marquee.redis.ttl('prod:task:t-1:result')).toBeGreaterThan(1790);
    const task = { id: 't-1', status: 'done', progress: 1, result };
    expect((await call('GET', '/tasks/t-1/result')).body).toEqual(task);
    const claims = await Promise.all(Array.from({ length: 20 }, () => call('POST', '/tasks/t-1/claim')));
    expect(claims.filter(({ status }) => status === 200).map(({ body }) => body)).toEqual([task]);
    expect(claims.filter(({ status }) => status === 404)).toHaveLength(19);
    await call('PUT', '/tasks/t-2/result', { result: null });
    expect((await call('POST', '/tasks/t-2/claim')).body).toEqual({ ...task, id: 't-2', result: null });
    expect((await call('PUT', '/tasks/t-3/result', { result: 'x'.repeat(1_100_000) })).status).toBe(413);
  });

  it('are submitted, polled and claimed', async () => {
    const submitted = await call('PUT', '/tasks/t-1', { status: 'pending', ttlSeconds: 7_200 });
    expect(submitted).toMatchObject({ status: 200, body: { id: 't-1', status: 'pending', progress: null } });
    const remainingMs = Date.parse(submitted.body['expiresAt'] as string) - Date.now();
    expect(Math.abs(remainingMs - 7_200_000)).toBeLessThan(60_000);
    expect((await call('GET', '/tasks/t-1')).body).toEqual({
      id: 't-1',
      status: 'pending',
      progress: null,
      result: null,
    });
    await call('PUT', '/tasks/t-1', { status: 'running', progress: 0.4 });
    expect((await call('GET', '/tasks/t-1')).body).toMatchObject({ status: 'running', progress: 0.4 });
    const early = await call('POST', '/tasks/t-1/claim');
    expect(early).toMatchObject({ status: 409, body: { type: 'urn:marquee:problem:task-not-finished' } });
    expect(early.headers.get('retry-after')).toBe('1');
    await call('PUT', '/tasks/t-1/result', { result: [1] });
    expect(await marquee.redis.ttl('prod:task:t-1:result')).toBeGreaterThan(7_100);
    expect(await call('PUT', '/tasks/t-1', { status: 'running', progress: 0.5 })).toMatchObject({
      status: 409,
      body: { type: 'urn:marquee:problem:task-finished' },
    });
    const done = { id: 't-1', status: 'done', progress: 1, result: [1] };
    expect((await call('POST', '/tasks/t-1/claim')).body).toEqual(done);
    expect((await call('GET', '/tasks/t-1')).status).toBe(404);
  });

  it('return their cause when they failed', async () => {
    await call('PUT', '/tasks/t-1', { status: 'running', progress: 0.4 });
    expect((await call('PUT', '/tasks/t-1', { status: 'failed', result: { code: 7 } })).status).toBe(200);
    const failed = { id: 't-1', status: 'failed', progress: 0.4, result: { code: 7 } };
    expect((await call('POST', '/tasks/t-1/claim')).body).toEqual(failed);
    expect((await call('POST', '/tasks/t-1/claim')).status).toBe(404);
  });
});
