import { defineNamespace, stringCodec } from '@app/cache';
import { LocksRepository, LocksService } from '@app/locks';
import type { RedisClient } from '@app/redis';
import { LastKnownTrending, TrendingPublisher, TrendingRepository } from '@app/trending';
import { createCache } from '../fixtures/cache.js';
import { connectClient } from '../fixtures/redis-client.js';
import { TestRedisServer } from '../fixtures/redis-server.js';
import { createSessions } from '../fixtures/sessions.js';
import { median } from './rounds.js';

const sizes = [1_000, 10_000, 100_000, 1_000_000];
const repeats = 200;
const bulkRepeats = 3;

interface Stage {
  readonly server: TestRedisServer;
  readonly client: RedisClient;
}
/** Creates `size` items and returns the measured durations in ms. */
type Measure = (stage: Stage, size: number) => Promise<number[]>;

const texts = defineNamespace({ name: 'grow', codec: stringCodec, ttlSeconds: 3_600, jitter: 0 });
const operations: Record<string, Measure> = {
  get: async ({ server, client }, size) => {
    const cache = await populated(server, client, size);
    return timed(repeats, async () => {
      if ((await cache.get(texts, anyOf(size))) === null) throw new Error('The key is missing');
    });
  },
  'MGET of 100': async ({ server, client }, size) => {
    const cache = await populated(server, client, size);
    return timed(repeats, () =>
      cache.getMany(
        texts,
        Array.from({ length: 100 }, () => anyOf(size)),
      ),
    );
  },
  'purge by pattern': async ({ server, client }, size) => {
    const { cache } = createCache(client);
    const options = { dryRun: false, signal: new AbortController().signal };
    return timed(
      bulkRepeats,
      async () => {
        for await (const { deleted } of cache.deletePattern('cache:grow:*', options)) void deleted;
      },
      () => server.redis.call('DEBUG', 'POPULATE', String(size), 'prod:cache:grow'),
    );
  },
  'trending swap': async ({ client }, size) => {
    const publisher = new TrendingPublisher(
      new TrendingRepository(client),
      new LocksService(new LocksRepository(client)),
      new LastKnownTrending(),
    );
    const ids = Array.from({ length: size }, (_, index) => index + 1);
    return timed(bulkRepeats, () => publisher.publish({ ids, source: 'bench' }));
  },
  'session list, a page of 50': async ({ server, client }, size) => {
    const { lists } = createSessions(client);
    for (let start = 0; start < size; start += 1_000) {
      const pipeline = server.redis.pipeline();
      for (let index = start; index < start + 1_000; index++) {
        pipeline.hset(
          `prod:session:s${index}:metadata`,
          'tenant_id',
          'acme',
          'started_at',
          '2026-01-01T00:00:00.000Z',
        );
        pipeline.pexpire(`prod:session:s${index}:metadata`, 3_600_000);
        pipeline.zadd('prod:tenant:acme:sessions', Date.now() - index, `s${index}`);
      }
      await pipeline.exec();
    }
    return timed(repeats, async () => {
      const { sessions: page } = await lists.list(client.newBudget(), { tenantId: 'acme' }, 50);
      if (page.length !== 50) throw new Error(`A page of ${page.length}`);
    });
  },
};

/** Measures how time grows with the number of items. The exponent is the least-squares slope of log time over log size. */
export async function growth(): Promise<string> {
  const rows: string[] = [];
  for (const [name, measure] of Object.entries(operations)) {
    const medians: number[] = [];
    for (const size of sizes) {
      const server = await TestRedisServer.start(['--maxmemory', '2gb']);
      // Creating a million keys takes the server a second.
      const timeouts = { REDIS_BUDGET_MS: '5000', REDIS_SOCKET_TIMEOUT_MS: '10000' };
      const client = await connectClient({ REDIS_URL: server.url, ...timeouts });
      medians.push(median(await measure({ server, client }, size)));
      client.close();
      await server.stop();
    }
    rows.push(
      `| ${name} | ${medians.map((ms) => ms.toPrecision(3)).join(' | ')} | ${exponentOf(medians).toFixed(2)} |`,
    );
  }
  return [
    'Medians in ms, sequential',
    '',
    `| operation | ${sizes.map((size) => `10^${Math.log10(size)}`).join(' | ')} | exponent |`,
    '|---|---|---|---|---|---|',
    ...rows,
  ].join('\n');
}

async function populated(server: TestRedisServer, client: RedisClient, size: number) {
  await server.redis.call('DEBUG', 'POPULATE', String(size), 'prod:cache:grow:key', '100');
  return createCache(client).cache;
}

/** Returns a random key in the naming scheme of DEBUG POPULATE. */
const anyOf = (size: number): string[] => ['key', String(Math.floor(Math.random() * size))];

async function timed(
  times: number,
  run: () => Promise<unknown>,
  prepare: () => Promise<unknown> = () => Promise.resolve(),
): Promise<number[]> {
  const figures: number[] = [];
  // The first run is a warm-up.
  for (let repeat = 0; repeat <= times; repeat++) {
    await prepare();
    const startedMs = performance.now();
    await run();
    if (repeat > 0) figures.push(performance.now() - startedMs);
  }
  return figures;
}

function exponentOf(figures: readonly number[]): number {
  const points = figures.map((ms, index) => [Math.log(sizes[index] as number), Math.log(ms)] as const);
  const mean = (at: 0 | 1): number => points.reduce((sum, point) => sum + point[at], 0) / points.length;
  const [x, y] = [mean(0), mean(1)];
  const covariance = points.reduce((sum, [size, ms]) => sum + (size - x) * (ms - y), 0);
  return covariance / points.reduce((sum, [size]) => sum + (size - x) ** 2, 0);
}
