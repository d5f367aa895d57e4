import { setTimeout as delay } from 'node:timers/promises';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from '@jest/globals';
import type { MarqueeConfig } from '@app/config';
import type { RedisClient } from '@app/redis';
import { ViewsRepository } from '@app/trending';
import { MarqueeProcess } from '../fixtures/marquee-process.js';
import { connectClient } from '../fixtures/redis-client.js';
import { TestRedisServer } from '../fixtures/redis-server.js';
import { TmdbUpstream } from '../fixtures/tmdb-upstream.js';
import { until } from '../fixtures/until.js';

let redis: TestRedisServer;
let tmdb: TmdbUpstream;
let workers: MarqueeProcess[] = [];

beforeAll(async () => {
  [redis, tmdb] = await Promise.all([TestRedisServer.start(), TmdbUpstream.start()]);
});
afterAll(() => Promise.all([redis.stop(), tmdb.stop()]));
beforeEach(async () => {
  tmdb.reset();
  await redis.redis.flushall();
});
afterEach(async () => {
  await Promise.all(workers.map((worker) => worker.stop('SIGKILL')));
  workers = [];
});

const start = (variables: Record<string, string> = {}): MarqueeProcess => {
  const worker = MarqueeProcess.start({ REDIS_URL: redis.url, ...variables }, 'worker');
  workers.push(worker);
  return worker;
};
const current = () => redis.redis.smembers('prod:trending:current');
const published = () => until('a set is published', async () => (await current()).length > 0);
const metric = async (url: string, line: RegExp): Promise<number> =>
  Number(line.exec(await (await fetch(`${url}/metrics`)).text())?.[1] ?? Number.NaN);

describe('the worker', () => {
  it("publishes TMDB's trending movies, reports it, and exits on SIGTERM", async () => {
    const worker = start({ ...tmdb.variables, TRENDING_COUNT: '50' });
    const url = await worker.ready();
    await published();
    expect((await current()).map(Number).toSorted((a, b) => a - b)).toEqual(
      Array.from({ length: 50 }, (_, index) => index + 1),
    );
    expect(
      tmdb.calls.filter(({ path }) => path === '/trending/movie/day').map(({ query }) => query.get('page')),
    ).toEqual(['1', '2', '3']);
    const health = await until('the job has succeeded', async () => {
      const body = (await (await fetch(`${url}/health/ready`)).json()) as {
        details: Record<string, { status: string; last_success: string }>;
      };
      return body.details['job-trending']?.status === 'up' ? body : undefined;
    });
    expect(Date.parse(health.details['job-trending']?.last_success ?? '')).toBeGreaterThan(
      Date.now() - 60_000,
    );
    expect(
      await metric(url, /marquee_job_last_success_timestamp_seconds\{job="trending"\} ([\d.]+)/),
    ).toBeGreaterThan(Date.now() / 1000 - 60);
    expect(await worker.stop('SIGTERM')).toMatchObject({ code: 0 });
    expect(worker.output).not.toContain('tmdb-token');
  });

  it('runs a job in one process of the fleet', async () => {
    const urls = await Promise.all(
      Array.from({ length: 4 }, () => start({ ...tmdb.variables, TRENDING_COUNT: '20' }).ready()),
    );
    await published();
    await until(
      'every worker has seen it',
      async () => {
        const known = await Promise.all(
          urls.map((url) =>
            metric(url, /marquee_job_last_success_timestamp_seconds\{job="trending"\} ([\d.]+)/),
          ),
        );
        return known.every((seconds) => seconds > 0);
      },
      20_000,
    );
    expect(tmdb.calls.filter(({ path }) => path === '/trending/movie/day')).toHaveLength(1);
  });

  it('keeps the old set if the source fails, reports it, and retries', async () => {
    await redis.redis.sadd('prod:trending:current', 1, 2, 3);
    tmdb.misbehaveAlways((_, response) => void response.writeHead(401).end('{}'));
    const worker = start({ ...tmdb.variables });
    const url = await worker.ready();
    await until('it has failed', () => worker.log.some(({ msg }) => msg.startsWith('trending failed')));
    expect((await current()).toSorted()).toEqual(['1', '2', '3']);
    expect(await metric(url, /marquee_job_runs_total\{job="trending",outcome="failure"\} (\d+)/)).toBe(1);
    tmdb.reset();
    await until('it has succeeded', async () => (await current()).length > 3, 30_000);
  });

  it('publishes soon after Redis has lost its data', async () => {
    await start({ ...tmdb.variables }).ready();
    await published();
    await redis.redis.unlink('prod:trending:current', 'prod:trending:current:meta');
    await until('it is published again', async () => (await current()).length > 0, 30_000);
  });

  it('deletes cached movies that have changed, and no others', async () => {
    for (const id of [1, 2, 3, 150])
      await redis.redis.set(`prod:tmdb:movie:${id}`, `{"id":${id}}`, 'EX', 86_400);
    tmdb.changed = [2, ...Array.from({ length: 149 }, (_, index) => 1000 + index), 150];
    await start({ ...tmdb.variables }).ready();
    await until(
      'the changed movie is deleted',
      async () => (await redis.redis.exists('prod:tmdb:movie:150')) === 0,
    );
    expect(await redis.redis.exists('prod:tmdb:movie:2')).toBe(0);
    expect(await redis.redis.exists('prod:tmdb:movie:1', 'prod:tmdb:movie:3')).toBe(2);
    const [call] = tmdb.calls.filter(({ path }) => path === '/movie/changes');
    const day = (ms: number): string => new Date(ms).toISOString().slice(0, 10);
    expect([day(Date.now()), day(Date.now() - 1000)]).toContain(call?.query.get('end_date'));
    expect(call?.query.get('start_date')).toBe(
      day(Date.parse(call?.query.get('end_date') ?? '') - 86_400_000),
    );
  });

  it('starts without Redis, and publishes once it is available', async () => {
    await redis.kill();
    const url = await start({ ...tmdb.variables }).ready();
    expect((await fetch(`${url}/health/live`)).status).toBe(200);
    expect(await (await fetch(`${url}/health/ready`)).json()).toMatchObject({ status: 'degraded' });
    await redis.launch();
    await until('a set is published', async () => (await current().catch(() => [])).length > 0, 30_000);
  });
});

/** Set KILLINGS=50 to repeat the test more often. */
const killings = Number(process.env['KILLINGS'] ?? 8);

describe('a worker that exits in the middle of an update', () => {
  const size = 10_000;
  let client: RedisClient;
  let views: ViewsRepository;

  beforeAll(async () => {
    client = await connectClient({ REDIS_URL: redis.url, REDIS_BUDGET_MS: '2000' });
    views = new ViewsRepository(client, { trending: { halfLifeHours: 24 } } as MarqueeConfig);
  });
  afterAll(() => client.close());

  /** Records views of the ids of one generation only. */
  const view = async (generation: number): Promise<void> => {
    const buckets = await redis.redis.keys('prod:trending:views:*');
    if (buckets.length > 0) await redis.redis.unlink(...buckets);
    const ids = Array.from({ length: size }, (_, index) => generation * size + index + 1);
    for (let from = 0; from < size; from += 1000)
      await views.record(new Map(ids.slice(from, from + 1000).map((id) => [id, 1])), Date.now());
  };
  const makeDue = async (): Promise<void> =>
    void (await redis.redis.unlink('prod:job:trending', 'prod:lock:trending', 'prod:lock:job-trending'));
  const generationOf = (id: string): number => Math.floor((Number(id) - 1) / size);

  /** Returns the current generation after checking that it is whole and has no TTL. */
  const wholeGeneration = async (): Promise<number> => {
    const ids = await current();
    const generations = new Set(ids.map(generationOf));
    expect([ids.length, generations.size]).toEqual([size, 1]);
    expect(await redis.redis.ttl('prod:trending:current')).toBe(-1);
    const ranking = (await redis.redis.get('prod:trending:current:ranking'))?.split(',') ?? [];
    expect([ranking.length, new Set(ranking.map(generationOf)).size]).toEqual([size, 1]);
    expect(generationOf(ranking[0] as string)).toBe([...generations][0]);
    return [...generations][0] as number;
  };

  /** Stops workers at different moments of an update and returns their exit codes. */
  const endMidway = async (signal: NodeJS.Signals, rounds: number) => {
    const variables = { TRENDING_SOURCE: 'views', TRENDING_COUNT: `${size}`, REDIS_BUDGET_MS: '2000' };
    const fence = () => redis.redis.hget('prod:trending:next:meta', 'fence');
    const codes: (number | null)[] = [];
    await view(0);
    start(variables);
    await published();
    for (let round = 1; round <= rounds; round++) {
      await Promise.all(workers.splice(0).map((worker) => worker.stop('SIGKILL')));
      const [before, fenceBefore] = [await wholeGeneration(), await fence()];
      await view(round);
      await makeDue();
      const worker = start(variables);
      await until('the update has started', async () => {
        // Polls without a pause, because the update takes only milliseconds.
        for (let look = 0; look < 1000; look++) {
          const now = await fence();
          if (now !== null && now !== fenceBefore) return true;
        }
        return (await redis.redis.exists('prod:job:trending')) > 0;
      });
      await delay((30 * (round - 1)) / rounds); // a different moment each round
      codes.push((await worker.stop(signal)).code);
      const after = await wholeGeneration();
      expect([before, round]).toContain(after);
    }
    return codes;
  };

  it(
    'by SIGKILL leaves either the whole old set or the whole new one',
    async () => {
      expect(await endMidway('SIGKILL', killings)).toHaveLength(killings);
    },
    60_000 + 3_000 * killings,
  );

  it('by SIGTERM leaves a whole set and no staging area', async () => {
    expect(await endMidway('SIGTERM', 4)).toEqual([0, 0, 0, 0]);
    expect(await redis.redis.exists('prod:trending:next', 'prod:trending:next:meta')).toBe(0);
  });
});
