import { createHash } from 'node:crypto';
import { afterAll, afterEach, beforeAll, describe, expect, it } from '@jest/globals';
import { MarqueeProcess } from '../fixtures/marquee-process.js';
import { OpenAiUpstream } from '../fixtures/openai-upstream.js';
import { TestRedisServer } from '../fixtures/redis-server.js';
import { until } from '../fixtures/until.js';

const text = 'the words of a viewer';
const hashOf = (content: string): string => createHash('sha256').update(content).digest('hex');

describe('the cache in the log', () => {
  let upstream: OpenAiUpstream;
  let redis: TestRedisServer;
  let marquee: MarqueeProcess;
  let url: string;

  beforeAll(async () => {
    upstream = await OpenAiUpstream.start();
    redis = await TestRedisServer.start();
  });
  afterAll(async () => {
    await upstream.stop();
    await redis.stop();
  });
  afterEach(async () => {
    await marquee.stop('SIGKILL');
    upstream.reset();
    await redis.redis.flushall();
  });

  const start = async (level: string): Promise<void> => {
    marquee = MarqueeProcess.start({
      REDIS_URL: redis.url,
      REDIS_BUDGET_MS: '1000',
      OPENAI_BASE_URL: upstream.baseUrl,
      UPSTREAM_RETRY_ATTEMPTS: '0',
      LOG_LEVEL: level,
    });
    url = await marquee.ready();
  };
  const embed = async (input: string | string[], headers: Record<string, string> = {}): Promise<void> => {
    const response = await fetch(`${url}/v1/embeddings`, {
      method: 'POST',
      headers: { 'content-type': 'application/json', ...headers },
      body: JSON.stringify({ model: 'text-embedding-3-small', input }),
    });
    await response.text();
  };
  const accessLines = async (count: number) => {
    const lines = () => marquee.log.filter(({ route }) => route === '/v1/embeddings');
    await until('the requests are logged', () => lines().length === count);
    return lines().map(({ cache, cacheTier }) => [cache, cacheTier]);
  };
  const cacheLines = () => marquee.log.filter(({ keyHash }) => keyHash !== undefined);

  it('names the outcome and the tier in the access line', async () => {
    await start('info');
    await embed('a');
    await embed('a');
    await embed('a', { 'cache-control': 'no-cache' });
    await embed(['a', 'b']);
    await fetch(`${url}/v1/models`);
    expect(await accessLines(4)).toEqual([
      ['miss', 'upstream'],
      ['hit', expect.stringMatching(/^(local|redis)$/)],
      ['bypass', 'upstream'],
      ['partial', 'mixed'],
    ]);
    const other = await until('it is logged', () => marquee.log.find(({ route }) => route === '/v1/models'));
    expect(other).not.toHaveProperty('cache');
    expect(cacheLines()).toEqual([]);
  });

  it('has a debug line for each operation, with a hash of its key', async () => {
    await start('debug');
    await embed(text);
    await embed(text);
    upstream.misbehave((_call, response) => response.writeHead(500).end());
    await embed('another text');
    await accessLines(3);
    const key = `prod:emb:text-embedding-3-small:${hashOf(text)}`;
    const keyHash = hashOf(key).slice(0, 16);
    const line = (event: string, tier: string) =>
      expect.objectContaining({
        level: 20,
        context: 'Cache',
        event,
        tier,
        keyHash,
        namespace: 'embedding',
        durationMs: expect.any(Number),
      });
    const [set, miss, hit, error] = cacheLines();
    expect([set, miss]).toEqual([line('set', 'redis'), line('miss', 'upstream')]);
    expect(hit).toMatchObject({ event: 'hit', keyHash });
    expect(error).toMatchObject({ event: 'error', tier: 'upstream', result: 'error' });
    expect(marquee.output).not.toContain(text);
    expect(marquee.output).not.toContain(hashOf(text));
  });
});
