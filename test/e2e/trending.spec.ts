import { setTimeout as delay } from 'node:timers/promises';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from '@jest/globals';
import { startApi, type TestApi } from '../fixtures/api.js';
import { TestRedisCluster } from '../fixtures/redis-cluster.js';
import { TestRedisServer } from '../fixtures/redis-server.js';
import { sendJson } from '../fixtures/fake-upstream.js';
import { sendTmdbError, TmdbUpstream } from '../fixtures/tmdb-upstream.js';
import { until } from '../fixtures/until.js';

let redis: TestRedisServer;
let api: TestApi;

beforeAll(async () => {
  redis = await TestRedisServer.start();
});
afterAll(() => redis.stop());
beforeEach(() => redis.redis.flushall());
afterEach(() => api.close());

const start = async (variables: Record<string, string> = {}): Promise<void> => {
  api = await startApi({ REDIS_URL: redis.url, ...variables });
};
/** Generous timeouts: on a busy machine, Redis must not appear to be unavailable. */
const patient = { REDIS_BUDGET_MS: '2000', REDIS_SOCKET_TIMEOUT_MS: '10000' };
const call = async (method: string, path = '', body?: unknown) => {
  const response = await fetch(`${api.url}/v1/trending${path}`, {
    method,
    ...(body === undefined
      ? {}
      : { headers: { 'content-type': 'application/json' }, body: JSON.stringify(body) }),
  });
  return { status: response.status, body: (await response.json()) as Record<string, unknown> };
};
const get = (path = '') => call('GET', path);
const put = (ids: unknown, more: object = {}) => call('PUT', '', { ids, ...more });

describe('/v1/trending', () => {
  beforeEach(() => start(patient));

  it('returns the published set in order, with its age', async () => {
    expect(await put([30, 10, 20])).toMatchObject({ status: 200, body: { count: 3, source: 'PUT' } });
    const { body } = await get();
    expect(body).toMatchObject({ ids: [30, 10, 20], count: 3, stale: false, source: 'PUT' });
    expect(body['ageSeconds']).toBeLessThan(5);
    expect(Date.parse(body['updatedAt'] as string)).toBeGreaterThan(Date.now() - 5000);
    expect((await get('?limit=1&offset=1')).body['ids']).toEqual([10]);
    expect((await redis.redis.smembers('prod:trending:current')).toSorted()).toEqual(['10', '20', '30']);
    expect(await redis.redis.ttl('prod:trending:current')).toBe(-1);
    expect(await redis.redis.exists('prod:trending:next', 'prod:trending:next:meta')).toBe(0);
  });

  it('returns the membership of one id, and of several in one round trip', async () => {
    await put([30, 10, 20]);
    expect((await get('/10')).body).toMatchObject({ id: 10, trending: true, rank: 2 });
    expect((await get('/11')).body).toMatchObject({ id: 11, trending: false, rank: null });
    await redis.redis.config('RESETSTAT');
    expect((await get('?ids=20,11,30')).body['members']).toEqual([
      { id: 20, trending: true, rank: 3 },
      { id: 11, trending: false, rank: null },
      { id: 30, trending: true, rank: 1 },
    ]);
    expect(await redis.redis.info('commandstats')).toMatch(/cmdstat_scard:calls=1,/);
  });

  it('rejects an empty or shrunken set unless forced', async () => {
    await put(Array.from({ length: 10 }, (_, index) => index + 1));
    expect(await put([])).toMatchObject({
      status: 422,
      body: { type: 'urn:marquee:problem:trending-empty' },
    });
    expect(await put([1, 2, 3, 4])).toMatchObject({
      status: 422,
      body: { type: 'urn:marquee:problem:trending-shrunken', errors: [{ field: 'ids' }] },
    });
    expect((await get()).body['count']).toBe(10);
    expect((await put([1, 2, 3, 4], { force: true })).status).toBe(200);
    expect((await get()).body['ids']).toEqual([1, 2, 3, 4]);
    expect((await put([], { force: true })).status).toBe(200);
    expect((await get()).body).toMatchObject({ ids: [], count: 0, stale: false });
    expect((await put([5])).status).toBe(200);
    expect((await get()).body['ids']).toEqual([5]);
  });

  it('rolls back to the previous set, and forward again', async () => {
    expect((await call('POST', '/rollback')).status).toBe(409);
    await put([1, 2]);
    await put([3, 4]);
    expect((await call('POST', '/rollback')).body).toMatchObject({ count: 2, stale: false });
    expect((await get()).body['ids']).toEqual([1, 2]);
    await call('POST', '/rollback');
    expect((await get()).body['ids']).toEqual([3, 4]);
  });

  it("serves another program's set", async () => {
    await put([1, 2, 3]);
    await redis.redis.sadd('prod:trending:next', 7, 5, 6);
    await redis.redis.rename('prod:trending:next', 'prod:trending:current');
    expect((await get()).body).toMatchObject({
      ids: [5, 6, 7],
      source: null,
      ageSeconds: null,
      stale: false,
    });
    expect((await put([1, 2, 3])).status).toBe(200);
    expect((await get()).body['ids']).toEqual([1, 2, 3]);
  });

  it.each([
    [{ ids: 'x' }, 'ids'],
    [{ ids: [1, 0] }, 'ids[1]'],
    [{ ids: [1.5] }, 'ids[0]'],
    [{ ids: ['1'] }, 'ids[0]'],
    [{}, 'ids'],
    [{ ids: [1], force: 'yes' }, 'force'],
    [{ ids: [1], more: 1 }, 'body'],
  ])('PUT %j returns 400 naming %s', async (body, field) => {
    expect(await call('PUT', '', body)).toMatchObject({ status: 400, body: { errors: [{ field }] } });
  });

  it.each(['?limit=0', '?limit=x', '?limit=10001', '?ids=0', '?ids=1,x', '?more=1', '/x', '/0'])(
    'GET %s returns 400',
    async (path) => {
      expect((await get(path)).status).toBe(400);
    },
  );
});

describe('without Redis', () => {
  it('serves the last known set with its age, and rejects updates', async () => {
    await start();
    await put([1, 2, 3]);
    await get();
    await redis.kill();
    expect((await get()).body).toMatchObject({ ids: [1, 2, 3], stale: true });
    expect((await get('/2')).body).toMatchObject({ trending: true, rank: 2, stale: true });
    expect((await put([4, 5, 6])).status).toBe(503);
    await redis.launch();
    // Redis has lost its data: the last known set is served and restored.
    expect((await get()).body['ids']).toEqual([1, 2, 3]);
    await until('it is restored', async () => (await get()).body['stale'] === false);
    expect((await get()).body).toMatchObject({ ids: [1, 2, 3], source: 'PUT' });
    await until('it can be replaced', async () => (await put([4, 5, 6])).status === 200);
    expect((await get()).body).toMatchObject({ ids: [4, 5, 6], stale: false });
  });

  it('calls the source if no set is known', async () => {
    const tmdb = await TmdbUpstream.start();
    await start({ ...tmdb.variables, TRENDING_COUNT: '30' });
    redis.freeze();
    const answers = await Promise.all(Array.from({ length: 20 }, () => get()));
    redis.thaw();
    for (const { status, body } of answers)
      expect([status, body['count'], body['stale'], body['source']]).toEqual([200, 30, true, 'tmdb day']);
    expect(tmdb.calls.map(({ query }) => query.get('page'))).toEqual(['1', '2']);
    await tmdb.stop();
  });

  it('returns 503 when the source fails too', async () => {
    await start({ TRENDING_SOURCE: 'views' });
    redis.freeze();
    const answer = await get();
    redis.thaw();
    expect(answer).toMatchObject({ status: 503, body: { type: 'urn:marquee:problem:unavailable' } });
  });
});

describe('a missing set', () => {
  const [set, ranking, meta] = ['', ':ranking', ':meta'].map((part) => `prod:trending:current${part}`) as [
    string,
    string,
    string,
  ];
  const restored = (ids: number[]) =>
    until('it is restored', async () => {
      const members = (await redis.redis.smembers(set)).map(Number);
      return (
        members.length > 0 &&
        members.toSorted((a, b) => a - b).join() === ids.toSorted((a, b) => a - b).join()
      );
    });

  it.each([
    ['the set alone', [set]],
    ['the set, its ranking and its meta', [set, ranking, meta]],
  ])('is restored within seconds, in order and with its age: %s', async (_, keys) => {
    await start(patient);
    await put([9]);
    const { body: published } = await put([30, 10, 20], { force: true });
    await get();
    await redis.redis.del(...keys);
    // Processes notice by themselves, without a request.
    await restored([30, 10, 20]);
    await until('readers see it', async () => (await get()).body['stale'] === false);
    expect((await get()).body).toMatchObject({
      ids: [30, 10, 20],
      source: 'PUT',
      updatedAt: published['updatedAt'],
    });
    expect(await redis.redis.ttl(set)).toBe(-1);
    // The previous set is unchanged.
    await call('POST', '/rollback');
    expect((await get()).body['ids']).toEqual([9]);
    const metrics = await (await fetch(`${api.url}/metrics`)).text();
    expect(metrics).toMatch(/marquee_trending_restorations_total\{kind="(ranking|memory)"\} 1/);
  });

  it('is restored from the previous set if no process remembers it', async () => {
    await start(patient);
    await put([1, 2]);
    await put([3, 4]);
    await api.close();
    await redis.redis.del(set, ranking, meta);
    await start(patient);
    await restored([1, 2]);
    expect((await get()).body).toMatchObject({ ids: [1, 2], source: 'PUT' });
  });

  it('is not restored if it was published empty', async () => {
    await start(patient);
    await put([1, 2]);
    await put([], { force: true });
    await get();
    await delay(2_500);
    expect(await redis.redis.exists(set)).toBe(0);
    expect((await get()).body).toMatchObject({ ids: [], stale: false });
  });

  it('is never restored over a newer set', async () => {
    await start(patient);
    await put([1, 2, 3]);
    for (let round = 0; round < 10; round++) {
      await redis.redis.del(set, ranking, meta);
      void get();
      expect((await put([round + 10, round + 20, round + 30])).status).toBe(200);
      expect((await get()).body['ids']).toEqual([round + 10, round + 20, round + 30]);
    }
  });
});

describe('half a million ids', () => {
  it('are returned by the update and by the next read', async () => {
    await start(patient);
    await put([1, 2, 3]);
    await get();
    const ids = Array.from({ length: 500_000 }, (_, index) => 1_000_000_000 - index);
    expect(await put(ids)).toMatchObject({
      status: 200,
      body: { count: 500_000, source: 'PUT', stale: false },
    });
    expect((await get('?limit=2&offset=499998')).body).toMatchObject({
      ids: [999_500_002, 999_500_001],
      count: 500_000,
      stale: false,
    });
    expect((await get('/999500001')).body).toMatchObject({ trending: true, rank: 500_000, stale: false });
    expect((await get('/1')).body).toMatchObject({ trending: false });
    // Another process reads the set from Redis.
    const other = await startApi({ REDIS_URL: redis.url, ...patient });
    try {
      await until('the other process has the set', async () => {
        const response = await fetch(`${other.url}/v1/trending?limit=1`);
        const body = (await response.json()) as Record<string, unknown>;
        return body['count'] === 500_000 && body['stale'] === false;
      });
    } finally {
      await other.close();
    }
    expect((await put([...ids, 1])).status).toBe(400);
  });
});

describe('with include=movies', () => {
  let tmdb: TmdbUpstream;
  beforeEach(async () => {
    tmdb = await TmdbUpstream.start();
    await start({ ...tmdb.variables, ...patient });
  });
  afterEach(() => tmdb.stop());

  it('includes the details in order, with one lookup', async () => {
    await put([30, 10, 20]);
    const first = await get('?include=movies&limit=2');
    expect(first.body).toMatchObject({
      ids: [30, 10],
      movies: [
        { id: 30, movie: { id: 30, title: 'Movie 30, edition 1' } },
        { id: 10, movie: { id: 10, title: 'Movie 10, edition 1' } },
      ],
      count: 3,
      stale: false,
    });
    tmdb.calls.length = 0;
    expect((await get('?include=movies&limit=2')).body).toEqual({
      ...first.body,
      ageSeconds: expect.any(Number),
    });
    expect(tmdb.calls).toHaveLength(0);
    expect((await get('?include=movies&language=de-DE&offset=2')).body['movies']).toMatchObject([
      { id: 20, movie: { title: 'Movie 20, edition 1, de-DE' } },
    ]);
    expect((await get('?offset=3&include=movies')).body).toMatchObject({ ids: [], movies: [] });
  });

  it('includes nulls with a note for movies without details', async () => {
    tmdb.misbehaveAlways((call, response) =>
      call.path === '/movie/10'
        ? sendTmdbError(response, 400, 5, 'broken')
        : call.path === '/movie/20'
          ? sendTmdbError(response, 404, 34, 'not found')
          : sendJson(response, 200, tmdb.movie(Number(call.path.slice(7)))),
    );
    await put([30, 10, 20]);
    const { status, body } = await get('?include=movies');
    expect([status, body['movies']]).toMatchObject([
      200,
      [
        { id: 30, movie: { id: 30 } },
        { id: 10, movie: null, note: 'failed' },
        { id: 20, movie: null, note: 'missing' },
      ],
    ]);
  });

  it('returns 20 by default and at most 100', async () => {
    await put(Array.from({ length: 30 }, (_, index) => index + 1));
    expect((await get('?include=movies')).body['movies']).toHaveLength(20);
    for (const [query, field] of [
      ['?include=movies&limit=101', 'limit'],
      ['?include=people', 'include'],
      ['?include=movies&language=xx-XX', 'language'],
    ])
      expect(await get(query)).toMatchObject({ status: 400, body: { errors: [{ field }] } });
  });
});

describe('while the set is replaced continuously', () => {
  const size = 10_000;
  const idsOf = (generation: number): number[] =>
    Array.from({ length: size }, (_, index) => generation * size + index + 1);
  // `npm run bench -- trending` tests ten times this size.
  const [swaps, readers] = [60, 8];

  const expectWholeSets = async (): Promise<void> => {
    await put(idsOf(0));
    const reading = new AbortController();
    const faults: string[] = [];
    const generations = new Set<number>();
    let reads = 0;
    const read = async (): Promise<void> => {
      while (!reading.signal.aborted) {
        const { status, body } = await get(++reads % 4 === 0 ? '?limit=3' : '');
        const ids = body['ids'] as number[];
        const first = ids?.[0] ?? 0;
        const generation = Math.floor((first - 1) / size);
        generations.add(generation);
        const expected = idsOf(generation).slice(0, ids?.length);
        if (status !== 200 || body['count'] !== size || ids.some((id, index) => id !== expected[index]))
          faults.push(`${status} ${JSON.stringify(body).slice(0, 200)}`);
      }
    };
    const running = Array.from({ length: readers }, read);
    for (let generation = 1; generation <= swaps; generation++)
      expect(await put(idsOf(generation))).toMatchObject({ status: 200, body: { count: size } });
    reading.abort();
    await Promise.all(running);
    expect(faults).toEqual([]);
    expect(generations.size).toBeGreaterThan(10);
    expect(reads).toBeGreaterThan(100);
  };

  it('never shows readers an empty or mixed set', async () => {
    await start(patient);
    await expectWholeSets();
  });

  it('never shows readers an empty or mixed set on a cluster', async () => {
    const cluster = await TestRedisCluster.start();
    api = await startApi({ REDIS_URL: cluster.url, ...patient });
    await expectWholeSets();
    await cluster.stop();
  });
});
