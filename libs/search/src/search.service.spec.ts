import { beforeEach, describe, expect, it } from '@jest/globals';
import { type CacheResult, type LoadOne, Unstored } from '@app/cache';
import { MarqueeConfig } from '@app/config';
import type { EmbeddingsService } from '@app/embeddings';
import type { QueryUnderstandingService, Understanding } from '@app/query-understanding';
import { RedisBudget } from '@app/redis';
import type { TrendingService } from '@app/trending';
import { Registry } from 'prom-client';
import type { RankedAnswer } from './ranked-answer.js';
import { SearchMetrics } from './search.metrics.js';
import type { AnswerInput, SearchRepository } from './search.repository.js';
import { type SearchRequest, SearchService } from './search.service.js';
import { FakeMovieIndex } from './testing/fake-movie-index.js';
import { testMovie } from './testing/test-movie.js';
import { testUnderstanding } from './testing/test-understanding.js';

/** Caches in a Map, without expiry. */
class FakeRepository {
  readonly answers = new Map<string, RankedAnswer>();
  loads = 0;

  async getOrLoad(
    input: AnswerInput,
    load: LoadOne<AnswerInput, RankedAnswer>,
    { refresh = false },
  ): Promise<CacheResult<RankedAnswer>> {
    const key = `${input.indexVersion}:${input.hash}`;
    const cached = this.answers.get(key);
    const result = { tier: 'redis', ttlMs: 1, stored: true, redisAnswered: true } as const;
    if (cached && !refresh) return { ...result, value: cached, outcome: 'redis_hit' };
    this.loads++;
    const loaded = await load({ input } as Parameters<typeof load>[0]);
    if (loaded instanceof Unstored) return { ...result, value: loaded.value, outcome: 'miss', stored: false };
    this.answers.set(key, loaded as RankedAnswer);
    return { ...result, value: loaded as RankedAnswer, outcome: 'miss' };
  }
}

let index: FakeMovieIndex;
let repository: FakeRepository;
let registry: Registry;
let facts: Partial<Understanding>;
let embed: () => Promise<{ vectors: Float32Array[] }>;
let served: string;
let service: SearchService;

beforeEach(() => {
  index = new FakeMovieIndex(
    Array.from({ length: 25 }, (_, id) => testMovie({ id: id + 1, genres: ['Crime'] })),
  );
  repository = new FakeRepository();
  registry = new Registry();
  facts = {};
  embed = () => Promise.resolve({ vectors: [Float32Array.of(1, 0)] });
  served = 'model';
  service = new SearchService(
    index,
    repository as unknown as SearchRepository,
    {
      understand: (_: RedisBudget, query: string) =>
        Promise.resolve({ value: testUnderstanding(query, facts) }),
    } as unknown as QueryUnderstandingService,
    {
      get models() {
        return [{ id: served }];
      },
      embed: () => embed(),
    } as unknown as EmbeddingsService,
    { get: () => Promise.resolve({ rankOf: () => undefined }) } as unknown as TrendingService,
    new SearchMetrics(registry),
    { search: { embedTimeoutMs: 100 } } as unknown as MarqueeConfig,
  );
});
const search = (request: Partial<SearchRequest> = {}, refresh = false) =>
  service.search(new RedisBudget(75), { query: 'crooks meet', ...request }, refresh);

describe('pages', () => {
  it('have 20 results by default, and lead to the next', async () => {
    const first = await search();
    expect([first.total, first.results.length]).toEqual([25, 20]);
    const second = await search({ cursor: first.nextCursor ?? '' });
    expect([second.results.length, second.nextCursor]).toEqual([5, null]);
    const ids = [...first.results, ...second.results].map(({ movie }) => movie.id);
    expect(new Set(ids).size).toBe(25);
    expect(repository.loads).toBe(1);
  });

  it('have as many results as the words ask for, unless the request sets a limit', async () => {
    facts = { limit: 3 };
    expect((await search()).results).toHaveLength(3);
    expect((await search({ limit: 7 })).results).toHaveLength(7);
  });

  it('may change their size on the way', async () => {
    const first = await search({ limit: 2 });
    const second = await search({ limit: 3, cursor: first.nextCursor ?? '' });
    expect(second.results.map(({ hit }) => hit.id)).toEqual(
      (await search({ limit: 5 })).results.slice(2).map(({ hit }) => hit.id),
    );
  });

  it('do not continue another request', async () => {
    const { nextCursor } = await search();
    const cursor = nextCursor ?? '';
    for (const other of [{ query: 'others' }, { filters: { yearFrom: 1990 } }, { exclude: [1] }])
      await expect(search({ ...other, cursor })).rejects.toThrow('belongs to a request with another query');
    await expect(search({ query: ' CROOKS  meet ', cursor })).resolves.toMatchObject({ nextCursor: null });
  });

  it('omit movies that the index no longer has', async () => {
    await search();
    index.movies = index.movies.filter(({ id }) => id !== 1);
    const { results } = await search({ limit: 10 });
    expect(results).toHaveLength(9);
  });

  it('have the facets that were requested', async () => {
    expect((await search()).facets).toEqual({});
    expect((await search({ facets: ['genres'] })).facets).toEqual({
      genres: [{ value: 'Crime', count: 25 }],
    });
  });
});

describe('the cache', () => {
  it('serves queries that differ only in case and white space, each with its own words', async () => {
    await search();
    const page = await search({ query: ' Crooks  MEET' });
    expect(page.cache.outcome).toBe('redis_hit');
    expect(page.understanding?.query).toBe(' Crooks  MEET');
    expect(page.timings.map(({ stage }) => stage)).not.toContain('retrieve');
  });

  it('is not used for another version of the index', async () => {
    await search();
    index.version = 'v2';
    expect((await search()).cache.outcome).toBe('miss');
  });

  it('is bypassed by a refresh', async () => {
    await search();
    await search({}, true);
    expect(repository.loads).toBe(2);
  });

  it('does not store degraded answers', async () => {
    embed = () => Promise.reject(new Error('unavailable'));
    expect((await search()).degraded).toEqual(['embeddings']);
    embed = () => Promise.resolve({ vectors: [Float32Array.of(1, 0)] });
    expect((await search()).degraded).toEqual([]);
    expect((await search()).cache.outcome).toBe('redis_hit');
  });
});

it('does not embed with another model than that of the index', async () => {
  served = 'another';
  embed = () => Promise.reject(new Error('must not be called'));
  expect(await search()).toMatchObject({ degraded: ['embeddings'], total: 25 });
});

describe('similar', () => {
  const similar = (id: number, exclude: readonly number[] = [], cursor?: string) =>
    service.similar(new RedisBudget(75), id, { limit: 20, exclude, cursor });

  it('returns null for a movie that the index does not have', async () => {
    expect(await similar(999)).toBeNull();
  });

  it('pages through the others', async () => {
    const first = await similar(3, [5]);
    const second = await similar(3, [5], first?.nextCursor ?? '');
    const ids = [...(first?.results ?? []), ...(second?.results ?? [])].map(({ movie }) => movie.id);
    expect([ids.length, new Set(ids).size, ids.includes(3), ids.includes(5)]).toEqual([23, 23, false, false]);
    await expect(similar(4, [5], first?.nextCursor ?? '')).rejects.toThrow('belongs to a request');
  });
});

it('counts results, relaxations and degradations of searches that were not cached', async () => {
  facts = { rating: { min: 9 }, people: [{ name: 'Al Pacino', role: 'actor' }] };
  index.admits = (_, { minRating }) => minRating === null;
  served = 'another';
  await search();
  index.admits = () => false;
  await search({ query: 'zebras dance' });
  const text = await registry.metrics();
  expect(text).toContain('marquee_search_results_bucket{le="0"} 1\n');
  expect(text).toContain('marquee_search_results_count 2\n');
  expect(text).toContain('marquee_search_relaxations_total{constraint="rating"} 1\n');
  expect(text).toContain('marquee_search_degradations_total{part="embeddings"} 2\n');
  expect(text).toContain('marquee_search_stage_duration_seconds_count{stage="retrieve"} ');
});
