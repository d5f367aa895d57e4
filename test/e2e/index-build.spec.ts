import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from '@jest/globals';
import type { RedisClient } from '@app/redis';
import { decodeSnapshot, SnapshotRepository } from '@app/search';
import { MarqueeProcess } from '../fixtures/marquee-process.js';
import { OpenAiUpstream } from '../fixtures/openai-upstream.js';
import { connectClient } from '../fixtures/redis-client.js';
import { TestRedisServer } from '../fixtures/redis-server.js';
import { TmdbUpstream } from '../fixtures/tmdb-upstream.js';
import { until } from '../fixtures/until.js';

/** Set KILLINGS=20 to repeat the test more often. */
const killings = Number(process.env['KILLINGS'] ?? 2);

describe('The index that the worker builds', () => {
  let redis: TestRedisServer;
  let tmdb: TmdbUpstream;
  let embeddings: OpenAiUpstream;
  let client: RedisClient;
  let snapshots: SnapshotRepository;
  let workers: MarqueeProcess[] = [];

  beforeAll(async () => {
    [redis, tmdb, embeddings] = await Promise.all([
      TestRedisServer.start(),
      TmdbUpstream.start(),
      OpenAiUpstream.start(16),
    ]);
    client = await connectClient({ REDIS_URL: redis.url, REDIS_BUDGET_MS: '5000' });
    snapshots = new SnapshotRepository(client);
  });
  afterAll(async () => {
    client.close();
    await Promise.all([redis.stop(), tmdb.stop(), embeddings.stop()]);
  });
  beforeEach(async () => {
    tmdb.reset();
    tmdb.overviewOf = (id) => `The plot of movie ${id}.`;
    embeddings.reset();
    await redis.redis.flushall();
  });
  afterEach(async () => {
    await Promise.all(workers.map((worker) => worker.stop('SIGKILL')));
    workers = [];
  });

  const start = (variables: Record<string, string> = {}): MarqueeProcess => {
    const worker = MarqueeProcess.start(
      {
        REDIS_URL: redis.url,
        REDIS_BUDGET_MS: '2000',
        OPENAI_BASE_URL: embeddings.baseUrl,
        EMBEDDINGS_MODEL: 'test-model',
        EMBEDDINGS_DIMENSIONS: '16',
        TMDB_REQUESTS_PER_SECOND: '1000',
        ...variables,
      },
      'worker',
    );
    workers.push(worker);
    return worker;
  };
  const published = (source: string) =>
    until(
      `an index from ${source} is published`,
      async () => {
        const pointer = await snapshots.pointer();
        return pointer.status === 'ok' && pointer.value.source === source ? pointer.value : undefined;
      },
      60_000,
    );
  const batches = async () => (await redis.redis.keys('prod:index:build:*:[0-9]*')).length;
  const detailCalls = () => tmdb.calls.filter(({ path }) => /^\/movie\/\d+$/.test(path));

  it('holds the most-voted, trending and popular movies of TMDB, without filling the movie cache', async () => {
    start({ ...tmdb.variables, SEARCH_INDEX_SIZE: '150' });
    const pointer = await published('tmdb');
    const { movies, model, dimensions } = await decodeSnapshot(await snapshots.read(pointer));
    expect({ model, dimensions }).toEqual({ model: 'test-model', dimensions: 16 });
    const ids = new Set(movies.map(({ movie }) => movie.id));
    // The most voted, those that trend today and this week, and the popular ones.
    for (const id of [1, 150, 200, 500_001, 500_200, 600_001, 600_002])
      expect([id, ids.has(id)]).toEqual([id, true]);
    expect(ids.size).toBe(200 + 200 + 2);
    expect(movies.every(({ vector }) => vector?.length === 16)).toBe(true);
    expect(movies[0]?.movie).toMatchObject({ overview: 'The plot of movie 1.', keywords: ['heist'] });
    expect(await redis.redis.keys('prod:tmdb:movie:*')).toEqual([]);
    expect(await redis.redis.keys('prod:emb:*')).toEqual([]);
    await until(
      'nothing is left of the build',
      async () => (await redis.redis.keys('prod:index:build:*')).length === 0,
    );
    expect(await redis.redis.exists('prod:index:rebuild')).toBe(0);
  }, 120_000);

  it('is complete although workers are killed, which continue where the others stopped', async () => {
    const variables = { ...tmdb.variables, SEARCH_INDEX_SIZE: '500', TMDB_REQUESTS_PER_SECOND: '100' };
    for (let killing = 0; killing < killings; killing++) {
      const before = await batches();
      const worker = start(variables);
      await until('it has made progress', async () => (await batches()) > before, 60_000);
      expect(await redis.redis.exists('prod:index:current')).toBe(0);
      await worker.stop('SIGKILL');
    }
    const finished = await batches();
    tmdb.calls.length = 0;
    start({ ...variables, TMDB_REQUESTS_PER_SECOND: '1000' });
    const pointer = await published('tmdb');
    expect(pointer.movies).toBe(702);
    // The finished batches and the list were not requested again.
    expect(detailCalls().length).toBe(702 - 100 * finished);
    expect(tmdb.calls.some(({ path }) => path === '/discover/movie')).toBe(false);
  }, 240_000);

  it('is the catalogue with new vectors if another model is configured', async () => {
    start();
    const pointer = await published('catalogue');
    expect(pointer).toMatchObject({ model: 'test-model', dimensions: 16 });
    expect(pointer.movies).toBeGreaterThan(1_000);
  }, 120_000);

  it('is rebuilt on request, after which another request is possible', async () => {
    start({ ...tmdb.variables, SEARCH_INDEX_SIZE: '20' });
    const first = await published('tmdb');
    await until('the build is over', async () => (await redis.redis.exists('prod:index:rebuild')) === 0);
    await redis.redis.set('prod:index:rebuild', new Date().toISOString());
    await until(
      'another version is published',
      async () => {
        const pointer = await snapshots.pointer();
        return pointer.status === 'ok' && pointer.value.version !== first.version;
      },
      60_000,
    );
    await until('the request is done', async () => (await redis.redis.exists('prod:index:rebuild')) === 0);
  }, 120_000);

  it('follows the changes that TMDB lists', async () => {
    start({ ...tmdb.variables, SEARCH_INDEX_SIZE: '20' });
    const first = await published('tmdb');
    await until('the build is recorded', () => redis.redis.exists('prod:job:index'));
    tmdb.edition = 2;
    tmdb.lastId = 600_001;
    tmdb.changed = [5, 600_002, 700_000];
    // As if the last update was long ago.
    await redis.redis.del('prod:job:index');
    const next = await until(
      'the update is published',
      async () => {
        const pointer = await snapshots.pointer();
        return pointer.status === 'ok' && pointer.value.version !== first.version ? pointer.value : undefined;
      },
      60_000,
    );
    const { movies } = await decodeSnapshot(await snapshots.read(next));
    const titles = new Map(movies.map(({ movie }) => [movie.id, movie.title]));
    expect([5, 6, 600_001, 600_002, 700_000].map((id) => titles.get(id))).toEqual([
      'Movie 5, edition 2',
      'Movie 6, edition 1',
      'Movie 600001, edition 1',
      undefined,
      undefined,
    ]);
    expect(movies.every(({ vector }) => vector?.length === 16)).toBe(true);
  }, 120_000);

  it('stays as it is while TMDB fails, with an error that operators see', async () => {
    tmdb.misbehaveAlways((_, response) => void response.writeHead(500).end('{}'));
    start({ ...tmdb.variables, SEARCH_INDEX_SIZE: '20', UPSTREAM_RETRY_ATTEMPTS: '0' });
    await until('the error is recorded', () => redis.redis.exists('prod:index:last-error'), 60_000);
    expect(await redis.redis.exists('prod:index:current')).toBe(0);
    tmdb.reset();
    await published('tmdb');
  }, 120_000);
});
