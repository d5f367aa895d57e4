import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it, jest } from '@jest/globals';
import { Catalogue, CatalogueVectors, type Movie } from '@app/catalogue';
import { LocksRepository, LocksService } from '@app/locks';
import type { RedisClient } from '@app/redis';
import {
  CatalogueSource,
  decodeSnapshot,
  type EncodedSnapshot,
  encodeSnapshot,
  IndexingMetrics,
  IndexLoader,
  IndexNotPublishedError,
  IndexPublisher,
  IndexSupersededError,
  InProcessMovieIndex,
  SnapshotFollower,
  SnapshotRepository,
} from '@app/search';
import { Registry } from 'prom-client';
import { connectClient } from '../fixtures/redis-client.js';
import { TestRedisServer } from '../fixtures/redis-server.js';
import { until } from '../fixtures/until.js';

const dimensions = 16;
const pointerKey = 'prod:index:current';

const movie = (id: number, edition: string): Movie => ({
  id,
  title: `Movie ${id}, ${edition}`,
  releaseDate: '1995',
  // Cannot be compressed much, so that a thousand movies need several chunks.
  overview: Array.from({ length: 150 }, (_, index) => Math.sin(id * index).toString(36)).join(' '),
  directors: [],
  cast: [],
  genres: [],
  countries: [],
  keywords: [],
});

const snapshotOf = (edition: string, count = 1_000): Promise<EncodedSnapshot> =>
  encodeSnapshot({
    version: `import-${edition}`,
    source: 'import',
    updatedAt: new Date(),
    model: 'some-model',
    dimensions,
    movies: Array.from({ length: count }, (_, index) => ({
      movie: movie(index + 1, edition),
      vector: new Float32Array(dimensions).fill(1 / Math.sqrt(dimensions)),
    })),
  });

/** Compares bytes; Jest's own comparison of a megabyte takes seconds. */
const areEqual = (a: EncodedSnapshot, b: EncodedSnapshot): boolean =>
  Buffer.concat(a.chunks).equals(Buffer.concat(b.chunks));

/** A process of the fleet, as far as the index is concerned. */
function createProcess(client: RedisClient) {
  const repository = new SnapshotRepository(client);
  const locks = new LocksService(new LocksRepository(client));
  const metrics = new IndexingMetrics(new Registry());
  const follower = new SnapshotFollower(repository, locks, metrics);
  const index = new InProcessMovieIndex();
  const catalogue = new Catalogue();
  const source = new CatalogueSource(catalogue, new CatalogueVectors(catalogue));
  const loader = new IndexLoader(index, follower, source, metrics);
  const publisher = new IndexPublisher(repository, follower, locks, metrics);
  return { repository, follower, index, loader, publisher };
}

describe('The published index', () => {
  let redis: TestRedisServer;
  let client: RedisClient;
  let processes: ReturnType<typeof createProcess>[] = [];

  beforeAll(async () => {
    redis = await TestRedisServer.start();
    client = await connectClient({ REDIS_URL: redis.url, REDIS_BUDGET_MS: '2000' });
  });
  afterAll(async () => {
    client.close();
    await redis.stop();
  });
  beforeEach(() => redis.redis.flushall());
  afterEach(async () => {
    await Promise.all(processes.map(({ follower }) => follower.onModuleDestroy()));
    processes = [];
  });

  const start = () => {
    const started = createProcess(client);
    processes.push(started);
    return started;
  };
  const startLoaded = () => {
    const started = start();
    started.loader.onApplicationBootstrap();
    return started;
  };
  const publish = async (edition: string, fence: number) => {
    const snapshot = await snapshotOf(edition);
    await new SnapshotRepository(client).publish(snapshot, fence);
    return snapshot;
  };
  const chunkKeys = async (version: string) => (await redis.redis.keys(`prod:index:${version}:*`)).toSorted();

  it('has no TTL, in chunks of at most a megabyte, and the replaced one expires', async () => {
    await publish('a', 1);
    const keys = await chunkKeys('import-a');
    expect(keys.length).toBeGreaterThan(1);
    for (const key of [pointerKey, ...keys]) {
      expect(await redis.redis.ttl(key)).toBe(-1);
      expect(await redis.redis.strlen(key)).toBeLessThan(1_048_576);
    }
    await publish('b', 2);
    for (const key of keys) expect(await redis.redis.ttl(key)).toBeGreaterThan(500);
    for (const key of await chunkKeys('import-b')) expect(await redis.redis.ttl(key)).toBe(-1);
  });

  it('is readable in whole by a process that began before it was replaced', async () => {
    const { repository } = start();
    const first = await publish('a', 1);
    const pointer = await repository.pointer();
    if (pointer.status !== 'ok') throw new Error(pointer.status);
    await publish('b', 2);
    const read = await repository.read(pointer.value);
    expect(areEqual(read, first)).toBe(true);
  });

  it('is loaded by a running process, which serves the old contents or the new', async () => {
    await publish('a', 1);
    const { index } = startLoaded();
    expect((await index.get([7]))[0]?.title).toBe('Movie 7, a');
    await publish('b', 2);
    const editions = new Set<string>();
    await until('the new index is loaded', async () => {
      const titles = (await index.get([1, 500, 1_000])).map(({ title }) => title.slice(-1));
      editions.add(titles.join(''));
      return titles[0] === 'b';
    });
    expect([...editions].filter((each) => each !== 'aaa' && each !== 'bbb')).toEqual([]);
    expect(await index.stats()).toMatchObject({ version: 'import-b', source: 'import', movies: 1_000 });
  });

  it('is the bundled catalogue if nothing is published, or Redis does not reply', async () => {
    expect(await startLoaded().index.stats()).toMatchObject({ source: 'catalogue' });
    await publish('a', 1);
    redis.freeze();
    try {
      expect(await startLoaded().index.stats()).toMatchObject({ source: 'catalogue' });
    } finally {
      redis.thaw();
    }
  });

  it('stays in use while a new one cannot be read, and is replaced as soon as one can', async () => {
    await publish('a', 1);
    const { index } = startLoaded();
    await index.stats();
    await publish('b', 2);
    const [key = ''] = await chunkKeys('import-b');
    const bytes = await redis.redis.getBuffer(key);
    const damaged = Buffer.from(bytes ?? '');
    damaged[damaged.length - 1] = (damaged.at(-1) as number) ^ 1;
    await redis.redis.set(key, damaged);
    const other = startLoaded();
    expect(await other.index.stats()).toMatchObject({ source: 'catalogue' });
    expect(await index.stats()).toMatchObject({ version: expect.stringMatching(/^import-[ab]$/) });
    await redis.redis.set(key, bytes ?? '');
    const have = async () =>
      (await Promise.all([index.stats(), other.index.stats()])).map((each) => each.version);
    await until('both have it', async () => (await have()).join() === 'import-b,import-b', 40_000);
  });

  it('is published again after Redis has lost it, once, by the processes that have it', async () => {
    const first = await publish('a', 1);
    const running = [startLoaded(), startLoaded(), startLoaded()];
    await Promise.all(running.map(({ index }) => index.stats()));
    await redis.redis.flushall();
    await until('it is published', () => redis.redis.exists(pointerKey));
    const { repository } = start();
    const pointer = await repository.pointer();
    if (pointer.status !== 'ok') throw new Error(pointer.status);
    expect(pointer.value).toMatchObject({ version: 'import-a', fence: 1 });
    expect(areEqual(await repository.read(pointer.value), first)).toBe(true);
    for (const { index } of running) expect(await index.stats()).toMatchObject({ version: 'import-a' });
  });

  it('can be replaced after Redis has lost the counter of fencing numbers', async () => {
    await publish('a', 57);
    const { publisher, repository } = start();
    await publisher.asOnlyBuilder(async (builder) => builder.publish(await snapshotOf('b')));
    expect(await repository.pointer()).toMatchObject({ value: { version: 'import-b', fence: 58 } });
  });

  it('is not replaced by a builder that is late', async () => {
    const { publisher, repository } = start();
    const late = await snapshotOf('late');
    await expect(
      publisher.asOnlyBuilder(async (builder) => {
        // Its lock expires without it noticing, and another process takes over.
        await redis.redis.del('prod:lock:index');
        await start().publisher.asOnlyBuilder(async (other) => other.publish(await snapshotOf('newer')));
        await builder.publish(late);
      }),
    ).rejects.toThrow(IndexSupersededError);
    expect(await repository.pointer()).toMatchObject({ value: { version: 'import-newer' } });
    for (const key of await chunkKeys('import-late')) expect(await redis.redis.ttl(key)).toBeGreaterThan(0);
  });

  it('is not published if a chunk is lost, and the old one stays', async () => {
    await publish('a', 1);
    const { repository } = start();
    const next = await snapshotOf('b');
    const { signal } = new AbortController();
    // The check of the signal that follows the last chunk.
    const checks = jest.spyOn(signal, 'throwIfAborted').mockImplementation(() => {
      if (checks.mock.calls.length > next.chunks.length) void redis.redis.del('prod:index:import-b:0');
    });
    await expect(repository.publish(next, 2, signal)).rejects.toThrow(IndexNotPublishedError);
    expect(await repository.pointer()).toMatchObject({ value: { version: 'import-a' } });
  });

  it('is not replaced while Redis is full, with an error that says so', async () => {
    await publish('a', 1);
    const { repository } = start();
    const { used_memory: used } = Object.fromEntries(
      (await redis.redis.info('memory')).split('\r\n').map((line) => line.split(':')),
    );
    await redis.redis.config('SET', 'maxmemory', `${used}`);
    try {
      await expect(repository.publish(await snapshotOf('b'), 2)).rejects.toThrow('maxmemory');
    } finally {
      await redis.redis.config('SET', 'maxmemory', '0');
    }
    const pointer = await repository.pointer();
    if (pointer.status !== 'ok') throw new Error(pointer.status);
    expect(pointer.value.version).toBe('import-a');
    expect((await decodeSnapshot(await repository.read(pointer.value))).movies).toHaveLength(1_000);
  });

  it('is replaced by one that was created while Redis was unavailable', async () => {
    await publish('a', 1);
    const { follower, repository, loader } = start();
    loader.onApplicationBootstrap();
    follower.publishLater(await snapshotOf('offline'));
    await until('it is published', async () => {
      const pointer = await repository.pointer();
      return pointer.status === 'ok' && pointer.value.version === 'import-offline';
    });
  });
});
