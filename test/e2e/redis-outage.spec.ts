import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from '@jest/globals';
import { MarqueeProcess } from '../fixtures/marquee-process.js';
import { OpenAiUpstream } from '../fixtures/openai-upstream.js';
import { TestRedisServer } from '../fixtures/redis-server.js';
import { until } from '../fixtures/until.js';

describe('the embeddings route during a Redis outage', () => {
  let upstream: OpenAiUpstream;
  let redis: TestRedisServer;
  let marquee: MarqueeProcess;
  let url: string;

  beforeAll(async () => {
    upstream = await OpenAiUpstream.start();
  });
  afterAll(() => upstream.stop());

  beforeEach(async () => {
    redis = await TestRedisServer.prepare();
  });
  afterEach(async () => {
    await marquee.stop('SIGKILL');
    await redis.stop();
  });

  const start = async (): Promise<void> => {
    marquee = MarqueeProcess.start({
      REDIS_URL: redis.url,
      OPENAI_BASE_URL: upstream.baseUrl,
      CACHE_LOCAL_BYTES: '0',
    });
    url = await marquee.ready();
  };
  const embed = (input: string): Promise<Response> =>
    fetch(`${url}/v1/embeddings`, {
      method: 'POST',
      headers: { 'content-type': 'application/json' },
      body: JSON.stringify({ model: 'text-embedding-3-small', input }),
    });
  const cacheStatus = async (input: string) => (await embed(input)).headers.get('cache-status');
  const status = async (path: string) => {
    const response = await fetch(`${url}${path}`);
    return { code: response.status, body: (await response.json()) as Record<string, unknown> };
  };
  const isServedFromRedis = async () => (await cacheStatus('back')) === 'marquee; hit';
  const lines = (text: string) => marquee.log.filter(({ msg }) => msg.includes(text));

  it('keeps serving if Redis starts after the API, and logs each change once', async () => {
    await start();
    for (let index = 0; index < 20; index++) expect((await embed(`a${index}`)).status).toBe(200);
    expect(await status('/v1/health')).toMatchObject({
      code: 200,
      body: { status: 'degraded', redis_status: 'unhealthy' },
    });
    expect(await status('/health/ready')).toMatchObject({ code: 200, body: { status: 'degraded' } });
    expect(await status('/health/live')).toMatchObject({ code: 200, body: { status: 'ok' } });
    expect(lines('is unavailable')).toHaveLength(1);

    await redis.launch();
    await until('hits come out of Redis', isServedFromRedis);
    expect(lines('is available again')).toHaveLength(1);
    expect(await status('/api/v1/health')).toMatchObject({
      body: { status: 'ok', environment: 'prod', redis_status: 'healthy' },
    });
  });

  it('keeps serving while Redis is killed and restarted', async () => {
    await redis.launch();
    await start();
    await until('hits come out of Redis', isServedFromRedis);
    await redis.kill();
    for (let index = 0; index < 20; index++) expect((await embed(`b${index}`)).status).toBe(200);
    expect(await cacheStatus('back')).toBe('marquee; fwd=miss; detail=redis-away');
    expect(lines('is unavailable')).toHaveLength(1);
    await redis.launch();
    await until('hits come out of Redis', isServedFromRedis);
  });

  it('keeps serving while Redis is frozen and resumed', async () => {
    await redis.launch();
    await start();
    await until('hits come out of Redis', isServedFromRedis);
    redis.freeze();
    for (let index = 0; index < 20; index++) expect((await embed(`c${index}`)).status).toBe(200);
    expect(lines('is unavailable')).toHaveLength(1);
    redis.thaw();
    await until('hits come out of Redis', isServedFromRedis);
  });
});
