import { afterEach, describe, expect, it } from '@jest/globals';
import { InjectRedis, RedisClient, RedisTargets } from '@app/redis';
import { startApi, type TestApi } from '../fixtures/api.js';
import { TestRedisServer } from '../fixtures/redis-server.js';
import { until } from '../fixtures/until.js';

describe('Redis targets', () => {
  const stops: (() => Promise<unknown>)[] = [];
  afterEach(async () => {
    for (const stop of stops.splice(0)) await stop();
  });

  const server = async (): Promise<TestRedisServer> => {
    const started = await TestRedisServer.start();
    stops.push(() => started.stop());
    return started;
  };
  const start = async (variables: Record<string, string>): Promise<TestApi> => {
    const api = await startApi({ OPENAI_BASE_URL: 'http://127.0.0.1:9/v1', ...variables });
    stops.unshift(() => api.close());
    return api;
  };
  const ready = async (api: TestApi) => {
    const response = await fetch(`${api.url}/health/ready`);
    return {
      code: response.status,
      body: (await response.json()) as { status: string; details: Record<string, Record<string, unknown>> },
    };
  };

  it('share one client by default', async () => {
    const targets = (await start({ REDIS_URL: (await server()).url })).app.get(RedisTargets);
    expect(targets.client('sessions')).toBe(targets.client('cache'));
    expect(targets.client('limits')).toBe(targets.client('cache'));
    expect(InjectRedis('limits')).toBeInstanceOf(Function);
    expect(targets.client('cache')).toBeInstanceOf(RedisClient);
  });

  it('have their own database, pool, breaker, health and metrics if they have a URL', async () => {
    const [cache, limits] = [await server(), await server()];
    const api = await start({
      REDIS_URL: cache.url,
      REDIS_SESSIONS_URL: `${cache.url}/2`,
      REDIS_LIMITS_URL: limits.url,
    });
    const targets = api.app.get(RedisTargets);
    const sessions = targets.client('sessions');
    await sessions.command(sessions.newBudget(), 'SET', 'prod:session:a:metadata', 'x');
    expect(await cache.redis.get('prod:session:a:metadata')).toBeNull();
    expect(await cache.redis.info('keyspace')).toContain('db2:keys=1');

    await limits.kill();
    await until('the limits are away', () => targets.client('limits').status.breaker !== 'closed');
    expect(targets.client('cache').status.breaker).toBe('closed');
    expect(await ready(api)).toMatchObject({
      code: 200,
      body: {
        status: 'degraded',
        details: {
          redis: { status: 'up', breaker: 'closed' },
          'redis-sessions': { status: 'up' },
          'redis-limits': { status: 'degraded', redis_status: 'unhealthy', connected: false },
        },
      },
    });
    const metrics = await (await fetch(`${api.url}/metrics`)).text();
    expect(metrics).toContain('marquee_redis_connected{target="limits"} 0');
    expect(metrics).toContain('marquee_redis_connected{target="cache"} 1');
    expect(metrics).toMatch(/marquee_redis_breaker_state\{target="limits"\} [12]/);
  });

  it('are distinguished by database number in health and in the startup message', async () => {
    const { url, port } = await server();
    const address = `redis://127.0.0.1:${port}`;
    const api = await start({
      REDIS_URL: url,
      REDIS_SESSIONS_URL: `redis://default:@127.0.0.1:${port}/2`,
      REDIS_LIMITS_URL: `${url}/3`,
    });
    expect((await ready(api)).body.details).toMatchObject({
      redis: { address, database: 0 },
      'redis-sessions': { address, database: 2 },
      'redis-limits': { address, database: 3 },
    });
    expect(api.app.get(RedisTargets).description).toBe(
      `cache: ${address}, database 0; sessions: ${address}, database 2; limits: ${address}, database 3`,
    );
  });

  it('name the targets that share a server and never a password', async () => {
    const { port } = await server();
    const address = `redis://127.0.0.1:${port}`;
    const shared = await start({ REDIS_URL: `${address}/4` });
    expect(shared.app.get(RedisTargets).description).toBe(`${address}, database 4`);
    const api = await start({
      REDIS_URL: address,
      REDIS_SESSIONS_URL: `redis://app:p%40ss@127.0.0.1:${port}/1`,
    });
    const text = api.app.get(RedisTargets).description;
    expect(text).toBe(`cache and limits: ${address}, database 0; sessions: ${address}, database 1`);
    expect(JSON.stringify((await ready(api)).body)).not.toMatch(/p@ss|p%40ss/);
  });

  it('report INFO, which is read in advance', async () => {
    const api = await start({ REDIS_URL: (await server()).url });
    const { body } = await ready(api);
    expect(body.details['redis']?.['server']).toMatchObject({
      version: expect.stringMatching(/^\d+\./),
      connected_clients: expect.any(Number),
      used_memory_bytes: expect.any(Number),
      used_memory_human: expect.any(String),
      last_save_time: expect.stringMatching(/^\d{4}-\d\d-\d\dT/),
      ops_per_second: expect.any(Number),
      evicted_keys: 0,
    });
    expect(await (await fetch(`${api.url}/metrics`)).text()).toMatch(
      /marquee_redis_server_used_memory_bytes\{target="cache"\} \d{5,}/,
    );
    expect(body.details['redis']?.['pool']).toMatchObject({ size: 10, inUse: 0, waiting: 0, exhausted: 0 });
  });
});
