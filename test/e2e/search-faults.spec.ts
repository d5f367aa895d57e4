import type { ServerResponse } from 'node:http';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from '@jest/globals';
import { sendJson } from '../fixtures/fake-upstream.js';
import { MarqueeProcess } from '../fixtures/marquee-process.js';
import { type EmbeddingsCall, embeddingsResponse, OpenAiUpstream } from '../fixtures/openai-upstream.js';
import { TestRedisServer } from '../fixtures/redis-server.js';
import { search } from '../fixtures/search-calls.js';
import { until } from '../fixtures/until.js';

/** The model and the length of the bundled catalogue's vectors. */
const model = 'universal-sentence-encoder-lite';
const dimensions = 512;
/** Far above what a search takes, far below a request that waits for a server. */
const boundMs = 4_000;

let upstream: OpenAiUpstream;
let redis: TestRedisServer;
let marquee: MarqueeProcess;
let url: string;
let count = 0;

beforeAll(async () => {
  [upstream, redis] = await Promise.all([OpenAiUpstream.start(dimensions), TestRedisServer.start()]);
  marquee = MarqueeProcess.start({
    REDIS_URL: redis.url,
    OPENAI_BASE_URL: upstream.baseUrl,
    EMBEDDINGS_MODEL: model,
    EMBEDDINGS_DIMENSIONS: `${dimensions}`,
    SEARCH_EMBED_TIMEOUT_MS: '400',
    CACHE_LOCAL_BYTES: '0',
  });
  url = await marquee.ready();
});
afterAll(async () => {
  await marquee.stop('SIGKILL');
  await Promise.all([upstream.stop(), redis.stop()]);
});
beforeEach(async () => {
  upstream.reset();
  await until('answers are stored', isStoring);
});

/** Searches for words that were not searched for before. */
const searchNew = async () => {
  const startedMs = performance.now();
  const answer = await search(url, { query: `robbery in a casino ${count++}` });
  return {
    status: answer.status,
    total: answer.body.total,
    degraded: answer.body.degraded,
    cacheStatus: answer.headers.get('cache-status'),
    durationMs: performance.now() - startedMs,
  };
};

const isStoring = async () => /stored/.test((await searchNew()).cacheStatus ?? '');

describe('embeddings', () => {
  type Misbehavior = (call: EmbeddingsCall, response: ServerResponse) => void;
  const vectors = (change: (vector: number[]) => unknown): Misbehavior => {
    return (call, response) => {
      const body = embeddingsResponse(
        { ...call, body: { ...call.body, encoding_format: 'float' } },
        dimensions,
      );
      sendJson(response, 200, {
        ...body,
        data: body.data.map((entry) => ({ ...entry, embedding: change(entry.embedding as number[]) })),
      });
    };
  };

  it.each<[string, Misbehavior]>([
    ['an error', (_, response) => sendJson(response, 500, { error: { message: 'down' } })],
    ['a refusal', (_, response) => sendJson(response, 401, { error: { message: 'no key' } })],
    ['no answer', () => undefined],
    ['a broken connection', (_, response) => response.destroy()],
    ['no JSON', (_, response) => response.writeHead(200).end('<html>')],
    ['other dimensions', vectors((vector) => vector.slice(0, 100))],
    ['numbers that are not finite', vectors((vector) => [null, ...vector.slice(1)])],
    ['no vector', (_, response) => sendJson(response, 200, { object: 'list', data: [], model })],
  ])('%s: searches by words, says so, and does not cache', async (_, misbehavior) => {
    upstream.misbehaveAlways(misbehavior);
    const answer = await searchNew();
    expect(answer).toMatchObject({ status: 200, degraded: ['embeddings'], cacheStatus: 'marquee; fwd=miss' });
    expect(answer.total).toBeGreaterThan(0);
    expect(answer.durationMs).toBeLessThan(boundMs);
    upstream.reset();
    await until('searches use vectors again', async () => (await searchNew()).degraded?.length === 0);
  });

  it('of another model than the index has are not used', async () => {
    const other = MarqueeProcess.start({
      REDIS_URL: redis.url,
      OPENAI_BASE_URL: upstream.baseUrl,
      EMBEDDINGS_MODEL: 'text-embedding-3-small',
    });
    const { status, body } = await search(await other.ready(), { query: 'robbery in another casino' });
    await other.stop('SIGKILL');
    expect([status, body.degraded]).toEqual([200, ['embeddings']]);
    expect(upstream.calls.filter((call) => call.body.model !== model)).toEqual([]);
  });
});

describe('Redis', () => {
  const searchTimes = async (times: number) => {
    for (let time = 0; time < times; time++) {
      const answer = await searchNew();
      expect(answer).toMatchObject({ status: 200, cacheStatus: 'marquee; fwd=miss; detail=redis-away' });
      expect(answer.total).toBeGreaterThan(0);
      expect(answer.durationMs).toBeLessThan(boundMs);
      // Embeddings, understanding and the index need no Redis.
      expect((answer.degraded ?? []).filter((part) => part !== 'trending')).toEqual([]);
    }
  };

  it('frozen, then thawed', async () => {
    redis.freeze();
    await searchTimes(5);
    const suggestions = await fetch(`${url}/v1/search/suggestions?prefix=godf`);
    expect(suggestions.status).toBe(200);
    redis.thaw();
    await until('answers are stored again', isStoring);
  });

  it('killed, then started again', async () => {
    await redis.kill();
    await searchTimes(5);
    await redis.launch();
    await until('answers are stored again', isStoring);
  });

  it('wiped while clients search', async () => {
    const statuses: number[] = [];
    const end = new AbortController();
    const clients = Array.from({ length: 5 }, async () => {
      while (!end.signal.aborted) statuses.push((await searchNew()).status);
    });
    for (let time = 0; time < 5; time++) {
      const before = statuses.length;
      await redis.redis.flushall();
      await until('clients have searched', () => statuses.length > before + 5);
    }
    end.abort();
    await Promise.all(clients);
    expect(statuses.filter((status) => status !== 200)).toEqual([]);
    expect(await searchNew()).toMatchObject({ cacheStatus: 'marquee; fwd=miss; stored' });
  });
});
