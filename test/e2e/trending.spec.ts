import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from '@jest/globals';
import { startApi, type TestApi } from '../fixtures/api.js';
import { TestRedisCluster } from '../fixtures/redis-cluster.js';
import { TestRedisServer } from '../fixtures/redis-server.js';
import { TmdbUpstream } from '../fixtures/tmdb-upstream.js';
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
  beforeEach(() => start());

  it('answers what was put, in order, with its age', async () => {
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

  it('tells of one id, and of many in one round trip', async () => {
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

  it('refuses what looks like a mistake, unless forced', async () => {
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

  it('goes back to the previous set, and forth again', async () => {
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
  ])('PUT %j: 400 naming %s', async (body, field) => {
    expect(await call('PUT', '', body)).toMatchObject({ status: 400, body: { errors: [{ field }] } });
  });

  it.each(['?limit=0', '?limit=x', '?limit=10001', '?ids=0', '?ids=1,x', '?more=1', '/x', '/0'])(
    'GET %s: 400',
    async (path) => {
      expect((await get(path)).status).toBe(400);
    },
  );
});

describe('when Redis is away', () => {
  it('serves the last known set with its age, and refuses to replace it', async () => {
    await start();
    await put([1, 2, 3]);
    await get();
    await redis.kill();
    expect((await get()).body).toMatchObject({ ids: [1, 2, 3], stale: true });
    expect((await get('/2')).body).toMatchObject({ trending: true, rank: 2, stale: true });
    expect((await put([4, 5, 6])).status).toBe(503);
    await redis.launch();
    // It has lost its memory: what was known is better than nothing.
    expect((await get()).body).toMatchObject({ ids: [1, 2, 3], stale: true });
    await until('it can be replaced', async () => (await put([4, 5, 6])).status === 200);
    expect((await get()).body).toMatchObject({ ids: [4, 5, 6], stale: false });
  });

  it('asks the source before anything is known', async () => {
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

  it('is unavailable when the source fails too', async () => {
    await start({ TRENDING_SOURCE: 'views' });
    redis.freeze();
    const answer = await get();
    redis.thaw();
    expect(answer).toMatchObject({ status: 503, body: { type: 'urn:marquee:problem:unavailable' } });
  });
});

describe('while it is swapped all the time', () => {
  const size = 10_000;
  const idsOf = (generation: number): number[] =>
    Array.from({ length: size }, (_, index) => generation * size + index + 1);
  // The scale of the promise is ten times this: `npm run bench -- trending` runs that.
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
      expect((await put(idsOf(generation))).status).toBe(200);
    reading.abort();
    await Promise.all(running);
    expect(faults).toEqual([]);
    expect(generations.size).toBeGreaterThan(10);
    expect(reads).toBeGreaterThan(100);
  };

  it('nobody sees an empty or a mixed set', async () => {
    await start({ REDIS_BUDGET_MS: '1000' });
    await expectWholeSets();
  });

  it('nor on a cluster', async () => {
    const cluster = await TestRedisCluster.start();
    api = await startApi({ REDIS_URL: cluster.url, REDIS_BUDGET_MS: '1000' });
    await expectWholeSets();
    await cluster.stop();
  });
});
