import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from '@jest/globals';
import { Agent, request } from 'undici';
import { MarqueeProcess } from '../fixtures/marquee-process.js';
import { sendJson } from '../fixtures/fake-upstream.js';
import { embeddingsResponse, OpenAiUpstream } from '../fixtures/openai-upstream.js';
import { TestRedisServer } from '../fixtures/redis-server.js';
import { until } from '../fixtures/until.js';

describe('two processes on one Redis', () => {
  const agent = new Agent({ connections: 200 });
  let redis: TestRedisServer;
  let upstream: OpenAiUpstream;
  let processes: MarqueeProcess[];
  let urls: string[];

  beforeAll(async () => {
    [redis, upstream] = await Promise.all([TestRedisServer.start(), OpenAiUpstream.start()]);
  });
  afterAll(async () => {
    await agent.close();
    await Promise.all([redis.stop(), upstream.stop()]);
  });
  beforeEach(async () => {
    upstream.reset();
    const variables = {
      REDIS_URL: redis.url,
      // What is tested is who loads, not how soon: a busy machine must not cost a lock.
      REDIS_BUDGET_MS: '2000',
      OPENAI_BASE_URL: upstream.baseUrl,
      LOG_LEVEL: 'info',
    };
    processes = [1, 2].map(() => MarqueeProcess.start(variables));
    urls = await Promise.all(processes.map((marquee) => marquee.ready()));
  });
  afterEach(async () => {
    await Promise.all(processes.map((marquee) => marquee.stop('SIGKILL')));
  });

  const embed = async (url: string, input: string, headers: Record<string, string> = {}) => {
    const response = await request(`${url}/v1/embeddings`, {
      method: 'POST',
      headers: { 'content-type': 'application/json', ...headers },
      body: JSON.stringify({ model: 'text-embedding-3-small', input, encoding_format: 'base64' }),
      dispatcher: agent,
    });
    const body = (await response.body.json()) as { data?: { embedding: string }[] };
    return {
      status: response.statusCode,
      cache: String(response.headers['cache-status']),
      vector: body.data?.[0]?.embedding,
    };
  };
  const crowd = (url: string, input: string, size: number) =>
    Array.from({ length: size }, () => embed(url, input));
  /** Makes the upstream hold its next answer until it is released. */
  const holdUpstream = () => {
    let release: (() => void) | undefined;
    upstream.misbehave((call, response) => {
      release = () => sendJson(response, 200, embeddingsResponse(call, 1536));
    });
    return { asked: () => until('the upstream is asked', () => release), release: () => release?.() };
  };

  it('makes one upstream call for a thousand requests for the same uncached text', async () => {
    const upstreamHeld = holdUpstream();
    const responses = urls.flatMap((url) => crowd(url, 'cold', 500));
    await upstreamHeld.asked();
    upstreamHeld.release();
    const answers = await Promise.all(responses);
    expect(upstream.calls).toHaveLength(1);
    expect(new Set(answers.map(({ status }) => status))).toEqual(new Set([200]));
    expect(new Set(answers.map(({ vector }) => vector)).size).toBe(1);
    expect(answers.filter(({ cache }) => cache === 'marquee; fwd=miss; stored')).toHaveLength(1);
  });

  it('serves all other requests with one more upstream call when the leader is killed', async () => {
    const upstreamHeld = holdUpstream();
    const doomed = crowd(urls[0] as string, 'orphaned', 20).map((response) => response.catch(() => 'cut'));
    await upstreamHeld.asked();
    const others = crowd(urls[1] as string, 'orphaned', 200);
    const killedMs = performance.now();
    await processes[0]?.stop('SIGKILL');
    const answers = await Promise.all(others);
    // The lock's bound is two seconds; the rest is for the machine.
    expect(performance.now() - killedMs).toBeLessThan(5000);
    expect(new Set(answers.map(({ status }) => status))).toEqual(new Set([200]));
    expect(upstream.calls).toHaveLength(2);
    expect(await Promise.all(doomed)).toContain('cut');
  });

  it('replaces the value for all processes when a local caller sends no-cache', async () => {
    await embed(urls[0] as string, 'renewed');
    expect((await embed(urls[0] as string, 'renewed', { 'cache-control': 'no-cache' })).cache).toBe(
      'marquee; fwd=request; stored',
    );
    expect(upstream.calls).toHaveLength(2);
    expect((await embed(urls[1] as string, 'renewed')).cache).toBe('marquee; hit');
  });

  describe('administration', () => {
    const json = async (path: string, init?: RequestInit) => {
      const response = await fetch(`${urls[0]}${path}`, init);
      const lines = (await response.text()).trim().split('\n');
      return {
        status: response.status,
        lines: lines.map((line) => JSON.parse(line) as Record<string, unknown>),
      };
    };
    const post = (path: string, body: unknown) =>
      json(path, {
        method: 'POST',
        headers: { 'content-type': 'application/json' },
        body: JSON.stringify(body),
      });
    const texts = Array.from({ length: 300 }, (_, index) => `warm ${index}`);

    it('warms with progress, shows stats and entries, and purges with a dry run', async () => {
      const warmed = await post('/v1/admin/cache/warm', { model: 'text-embedding-3-small', texts });
      expect(warmed.lines.map(({ done }) => done)).toEqual([128, 256, 300, 300]);
      expect(warmed.lines.at(-1)).toEqual({
        total: 300,
        done: 300,
        cachedAlready: 0,
        promptTokens: 900,
        complete: true,
      });
      expect((await embed(urls[1] as string, 'warm 299')).cache).toBe('marquee; hit');

      const stats = await json('/v1/admin/cache/stats');
      expect(stats.lines[0]).toMatchObject({
        namespaces: { embedding: { outcomes: { miss: 300 } } },
        invalidation: true,
      });

      const [key] = await redis.redis.keys('prod:emb:text-embedding-3-small:*');
      const entry = await json(`/v1/admin/cache/entry?key=${encodeURIComponent(key as string)}`);
      expect(entry.lines[0]).toMatchObject({ key, bytes: 6144, redisAnswered: true });

      const count = async () => (await redis.redis.keys('prod:emb:*')).length;
      const before = await count();
      const dry = await json('/v1/admin/cache?pattern=emb:*&dryRun=true', { method: 'DELETE' });
      expect(dry.lines.at(-1)).toMatchObject({ deleted: 0, complete: true });
      expect(await count()).toBe(before);
      const wet = await json('/v1/admin/cache?pattern=emb:*', { method: 'DELETE' });
      expect(wet.lines.at(-1)).toMatchObject({ matched: before, deleted: before, complete: true });
      expect((await embed(urls[1] as string, 'warm 299')).cache).toBe('marquee; fwd=miss; stored');
    });

    it.each([
      ['DELETE', '/v1/admin/cache', 'pattern'],
      ['DELETE', '/v1/admin/cache?pattern=*', 'pattern'],
      ['DELETE', '/v1/admin/cache?pattern=emb:*&dryRun=maybe', 'dryRun'],
      ['GET', '/v1/admin/cache/entry', 'key'],
    ])('%s %s returns 400 naming %s', async (method, path, field) => {
      const { status, lines } = await json(path, { method });
      expect(status).toBe(400);
      expect(lines[0]).toMatchObject({ type: 'urn:marquee:problem:invalid-request', errors: [{ field }] });
    });
  });
});
