import { createHash } from 'node:crypto';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from '@jest/globals';
import { MarqueeProcess } from '../fixtures/marquee-process.js';
import { OpenAiUpstream } from '../fixtures/openai-upstream.js';
import { TestRedisServer } from '../fixtures/redis-server.js';
import { until } from '../fixtures/until.js';

/** Redis responds but refuses commands, which logs, metrics, health and problems distinguish from an outage. */
describe('a Redis server that refuses commands', () => {
  let upstream: OpenAiUpstream;
  let redis: TestRedisServer;
  let other: TestRedisServer | undefined;
  let marquee: MarqueeProcess;
  let url: string;

  beforeAll(async () => {
    upstream = await OpenAiUpstream.start();
  });
  afterAll(() => upstream.stop());
  beforeEach(async () => {
    redis = await TestRedisServer.start();
    marquee = MarqueeProcess.start({
      REDIS_URL: redis.url,
      // Refusals are under test, not the speed of a busy machine.
      REDIS_BUDGET_MS: '1000',
      OPENAI_BASE_URL: upstream.baseUrl,
      CACHE_LOCAL_BYTES: '0',
    });
    url = await marquee.ready();
  });
  afterEach(async () => {
    await marquee.stop('SIGKILL');
    await redis.stop();
    await other?.stop();
    other = undefined;
  });

  const send = async (method: string, path: string, body?: unknown, headers: Record<string, string> = {}) => {
    const response = await fetch(`${url}${path}`, {
      method,
      headers: { ...(body === undefined ? {} : { 'content-type': 'application/json' }), ...headers },
      body: body === undefined ? null : JSON.stringify(body),
    });
    const { type, detail, id } = (await response.json().catch(() => ({}))) as Record<string, string>;
    return { status: response.status, headers: response.headers, type, detail, id: id as string };
  };
  const embed = (input: string) => send('POST', '/v1/embeddings', { model: 'text-embedding-3-small', input });
  const faults = () => marquee.log.filter(({ level, cause }) => level === 40 && cause !== undefined);
  const metric = async (cause: string): Promise<number> => {
    const text = await (await fetch(`${url}/metrics`)).text();
    const line = new RegExp(`^marquee_redis_faults_total\\{target="\\w+",cause="${cause}"\\} (\\d+)$`, 'm');
    return Number(line.exec(text)?.[1] ?? 0);
  };
  const ready = async () => {
    const response = await fetch(`${url}/health/ready`);
    return [response.status, await response.text()] as const;
  };

  it('reports a key of another type, and does not ask clients to retry', async () => {
    const { id } = await send('POST', '/v1/sessions', {});
    const key = `prod:session:${id}:metadata`;
    await redis.redis.del(key);
    await redis.redis.lpush(key, 'of another program');
    const append = () =>
      send(
        'POST',
        `/v1/sessions/${id}/transcript`,
        { chunks: ['a secret'] },
        { 'idempotency-key': 'the-key' },
      );
    for (const answer of [await send('GET', `/v1/sessions/${id}`), await append(), await append()]) {
      expect(answer).toMatchObject({ status: 500, type: 'urn:marquee:problem:redis-wrong-type' });
      expect(answer.detail).toContain('session:{id}:*');
      expect(answer.detail).toContain('Delete or rename that key');
      expect(answer.detail).not.toContain('Idempotency-Key');
      expect(answer.headers.get('retry-after')).toBeNull();
    }
    expect(faults()).toEqual([
      expect.objectContaining({
        command: 'read-2',
        cause: 'WRONGTYPE',
        msg: expect.stringContaining('read-2 failed with WRONGTYPE: a key holds a type'),
      }),
    ]);
    expect(JSON.stringify(faults())).not.toContain(id);
    expect(marquee.output).not.toContain('a secret');
    expect(await metric('WRONGTYPE')).toBeGreaterThanOrEqual(3);
    expect((await ready())[1]).not.toContain('WRONGTYPE');
  });

  it('reports a key of another type for tasks too', async () => {
    await redis.redis.lpush('prod:task:t1:result', 'x');
    for (const answer of [await send('GET', '/v1/tasks/t1/result'), await send('POST', '/v1/tasks/t1/claim')])
      expect(answer).toMatchObject({ status: 500, type: 'urn:marquee:problem:redis-wrong-type' });
  });

  it('replaces a key of another type in the cache', async () => {
    await embed('a text');
    const key = `prod:emb:text-embedding-3-small:${createHash('sha256').update('a text').digest('hex')}`;
    expect(await redis.redis.type(key)).toBe('string');
    await redis.redis.del(key);
    await redis.redis.hset(key, 'of', 'another program');
    const first = await embed('a text');
    expect([first.status, first.headers.get('cache-status')]).toEqual([200, 'marquee; fwd=miss; stored']);
    expect(await redis.redis.type(key)).toBe('string');
    expect((await embed('a text')).headers.get('cache-status')).toBe('marquee; hit');
    expect(await metric('WRONGTYPE')).toBeGreaterThanOrEqual(1);
  });

  it('reports that it is out of memory', async () => {
    await redis.redis.config('SET', 'maxmemory-policy', 'noeviction');
    await redis.redis.config('SET', 'maxmemory', '1');
    const refused = { status: 503, type: 'urn:marquee:problem:redis-full' };
    expect(await send('POST', '/v1/sessions', {})).toMatchObject(refused);
    expect(await send('PUT', '/v1/tasks/t2/result', { result: 1 })).toMatchObject(refused);
    const answer = await send('PUT', '/v1/trending', { ids: [1, 2, 3] });
    expect(answer).toMatchObject(refused);
    expect(answer.headers.get('retry-after')).toBe('10');
    const [status, body] = await ready();
    expect(status).toBe(200);
    expect(body).toMatch(/"redis":\{"redis_status":"error","cause":"OOM \([\w-]+\)"/);
    expect(faults().filter(({ cause }) => cause === 'OOM')).toHaveLength(1);
    expect(await metric('OOM')).toBeGreaterThanOrEqual(3);
    await redis.redis.config('SET', 'maxmemory', '0');
    expect((await send('POST', '/v1/sessions', {})).status).toBe(201);
  });

  it('reports a command that its ACL does not permit, and keeps serving others', async () => {
    await embed('b');
    await redis.redis.call('ACL', 'SETUSER', 'default', '-hset', '-hgetall');
    for (let index = 0; index < 12; index++) {
      expect(await send('POST', '/v1/sessions', {})).toMatchObject({
        status: 503,
        type: 'urn:marquee:problem:redis-denied',
      });
    }
    expect((await embed('b')).headers.get('cache-status')).toBe('marquee; hit');
    expect(marquee.log.some(({ msg }) => msg.includes('is unavailable'))).toBe(false);
    expect(faults()).toMatchObject([{ cause: 'NOPERM', command: 'create-3' }]);
    expect((await ready())[1]).toContain('NOPERM (create-3)');
  });

  it('reports that it is read-only', async () => {
    other = await TestRedisServer.start();
    await redis.redis.replicaof('127.0.0.1', other.port);
    const refused = await until('a write is refused as such', async () => {
      const answer = await send('POST', '/v1/sessions', {});
      return answer.type === 'urn:marquee:problem:redis-read-only' ? answer : undefined;
    });
    expect([refused.status, refused.headers.get('retry-after')]).toEqual([503, '1']);
    expect(await metric('READONLY')).toBeGreaterThanOrEqual(1);
    await redis.redis.replicaof('NO', 'ONE');
    await until(
      'writes are taken again',
      async () => (await send('POST', '/v1/sessions', {})).status === 201,
    );
  });
});
