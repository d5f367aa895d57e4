import { afterAll, beforeAll, beforeEach, describe, expect, it } from '@jest/globals';
import { toMarqueeConfig, validateEnvironment } from '@app/config';
import type { RedisClient } from '@app/redis';
import { TmdbCrawler, TmdbPace } from '@app/tmdb';
import { connectClient } from '../fixtures/redis-client.js';
import { TestRedisServer } from '../fixtures/redis-server.js';
import { TmdbUpstream } from '../fixtures/tmdb-upstream.js';

describe(TmdbCrawler.name, () => {
  let redis: TestRedisServer;
  let tmdb: TmdbUpstream;
  let client: RedisClient;
  let crawler: TmdbCrawler;

  beforeAll(async () => {
    [redis, tmdb] = await Promise.all([TestRedisServer.start(), TmdbUpstream.start()]);
    client = await connectClient({ REDIS_URL: redis.url, REDIS_BUDGET_MS: '2000' });
    const config = toMarqueeConfig(
      validateEnvironment({ ...tmdb.variables, TMDB_REQUESTS_PER_SECOND: '1000' }),
    );
    if (!config.tmdb) throw new Error('TMDB is not configured');
    crawler = new TmdbCrawler(config, config.tmdb, new TmdbPace(client, config));
  });
  afterAll(async () => {
    await crawler.onApplicationShutdown();
    client.close();
    await Promise.all([redis.stop(), tmdb.stop()]);
  });
  beforeEach(() => tmdb.reset());

  const mostVoted = (count: number) =>
    crawler.mostVoted(count, new AbortController().signal, () => undefined);

  it('lists the most-voted movies in order, also beyond the 500 pages that TMDB serves', async () => {
    tmdb.discoverable = 10_100;
    expect(await mostVoted(10_050)).toEqual(Array.from({ length: 10_050 }, (_, index) => index + 1));
  });

  it('requests no more pages than necessary, and ends with the list', async () => {
    tmdb.discoverable = 100;
    expect(await mostVoted(45)).toHaveLength(45);
    expect(tmdb.calls).toHaveLength(3);
    expect(tmdb.calls[0]?.query.get('sort_by')).toBe('vote_count.desc');
    expect(await mostVoted(1_000)).toHaveLength(100);
  });

  it('returns details with the parts that the index needs, and undefined for a movie that does not exist', async () => {
    expect(await crawler.details(7)).toMatchObject({ id: 7, keywords: { keywords: [{ name: 'heist' }] } });
    expect(tmdb.calls[0]?.query.get('append_to_response')).toBe('credits,keywords,release_dates');
    expect(await crawler.details(2_000_000)).toBeUndefined();
  });
});
