import { setTimeout as delay } from 'node:timers/promises';
import { beforeEach, describe, expect, it } from '@jest/globals';
import type { Understanding } from '@app/query-understanding';
import { FakeMovieIndex } from '../testing/fake-movie-index.js';
import { testMovie } from '../testing/test-movie.js';
import { testUnderstanding } from '../testing/test-understanding.js';
import { maxHits, type SearchFeatures, SearchPipeline } from './search-pipeline.js';
import type { SearchFilters, SearchSubject } from './search-request.js';
import { StageTimer } from './stage-timer.js';

const movies = ['Heat', 'Ronin', 'Collateral', 'Thief'].map((title, index) =>
  testMovie({ id: index + 1, title, genres: index < 2 ? ['Crime'] : ['Drama'] }),
);
const vector = Float32Array.of(1, 0);

let index: FakeMovieIndex;
let timer: StageTimer;
let facts: Partial<Understanding>;
let features: { -readonly [Name in keyof SearchFeatures]: SearchFeatures[Name] };
beforeEach(() => {
  index = new FakeMovieIndex(movies);
  timer = new StageTimer();
  facts = {};
  features = {
    understand: (query) => Promise.resolve(testUnderstanding(query, facts)),
    embed: () => Promise.resolve(vector),
    trending: () => Promise.resolve((id) => (id === 4 ? 1 : undefined)),
  };
});
const run = (subject: SearchSubject) =>
  new SearchPipeline(index, features, { embedTimeoutMs: 50 }, timer).run(subject);
const search = (query: string, filters: SearchFilters = {}, exclude: readonly number[] = []) =>
  run({ kind: 'words', query, filters, exclude });
const fail = () => Promise.reject(new Error('unavailable'));

describe('a search', () => {
  it('retrieves by titles, words and meaning', async () => {
    const answer = await search('crooks meet', {}, [3]);
    expect(index.queries).toEqual([
      expect.objectContaining({
        titles: ['crooks meet'],
        words: expect.stringContaining('crooks meet'),
        vector,
        constraints: expect.objectContaining({ excludedIds: new Set([3]) }),
      }),
    ]);
    expect(answer).toMatchObject({ total: 3, relaxed: [], degraded: [], references: [] });
    expect(new Set(answer.hits.map(({ id }) => id))).toEqual(new Set([1, 2, 4]));
  });

  it('returns hits whose parts add up to their score', async () => {
    const { hits } = await search('crooks meet');
    for (const { score, parts } of hits)
      expect(Object.values(parts).reduce((sum, part) => sum + part, 0)).toBeCloseTo(score, 2);
    expect(hits.find(({ id }) => id === 4)).toMatchObject({ trendingRank: 1, similarity: 0.9 });
  });

  it('counts facets over everything that was found', async () => {
    const { facets } = await search('crooks meet');
    expect(facets.genres).toEqual([
      { value: 'Crime', count: 2 },
      { value: 'Drama', count: 2 },
    ]);
  });

  it('reports the stages that ran', async () => {
    await search('crooks meet');
    expect(new Set(timer.timings.map(({ stage }) => stage))).toEqual(
      new Set(['understand', 'embed', 'trending', 'retrieve', 'rank']),
    );
  });

  it('lists a limited number of movies, and counts all', async () => {
    index.movies = Array.from({ length: maxHits + 5 }, (_, id) => testMovie({ id: id + 1 }));
    const { hits, total } = await search('movies');
    expect([hits.length, total]).toEqual([maxHits, maxHits + 5]);
  });
});

describe('a feature that fails', () => {
  it('understanding: searches with the words alone', async () => {
    features.understand = fail;
    const answer = await search('Crooks meet');
    expect(answer.degraded).toEqual(['understanding']);
    expect(answer.understanding).toMatchObject({ query: 'Crooks meet', degraded: ['understanding'] });
    expect(answer.total).toBe(4);
  });

  it('embeddings: searches without a vector', async () => {
    features.embed = fail;
    const answer = await search('crooks meet');
    expect(answer).toMatchObject({ degraded: ['embeddings'], total: 4 });
    expect(index.queries[0]?.vector).toBeUndefined();
    expect(answer.hits[0]?.similarity).toBeNull();
  });

  it('embeddings of another model: the same', async () => {
    features.embed = () => Promise.resolve(undefined);
    expect((await search('crooks meet')).degraded).toEqual(['embeddings']);
  });

  it('a late vector: does not wait for it', async () => {
    let isLate = false;
    features.embed = async () => {
      await delay(5_000, undefined, { ref: false });
      isLate = true;
      return vector;
    };
    expect((await search('crooks meet')).degraded).toEqual(['embeddings']);
    expect(isLate).toBe(false);
  });

  it('trending: ranks without it', async () => {
    features.trending = fail;
    const answer = await search('crooks meet');
    expect(answer).toMatchObject({ degraded: ['trending'], total: 4 });
    expect(answer.hits.every(({ trendingRank }) => trendingRank === null)).toBe(true);
  });

  it('all of them: still finds movies', async () => {
    features = { understand: fail, embed: fail, trending: fail };
    const answer = await search('crooks meet');
    expect(new Set(answer.degraded)).toEqual(new Set(['understanding', 'embeddings', 'trending']));
    expect(answer.total).toBe(4);
  });

  it('is reported if the understanding itself is degraded', async () => {
    facts = { degraded: ['model'] };
    expect((await search('crooks meet')).degraded).toEqual(['understanding']);
  });

  it('the index: fails the search', async () => {
    index.search = fail;
    await expect(search('crooks meet')).rejects.toThrow('unavailable');
  });
});

describe('words that need no vector', () => {
  it('are not embedded', async () => {
    features.embed = fail;
    facts = { genres: ['Crime'], rewritten: 'crime' };
    expect((await search('crime')).degraded).toEqual([]);
  });
});

describe('relaxing', () => {
  beforeEach(() => {
    facts = {
      years: { from: 1990, to: 1999 },
      rating: { min: 9 },
      runtimeMinutes: { min: null, max: 90 },
    };
  });

  it('drops the softest constraints until three movies are found', async () => {
    index.admits = ({ id }, { minRating, runtimeMinutes }) =>
      runtimeMinutes.to === null || (minRating === null && id === 1);
    const answer = await search('crooks');
    expect(answer).toMatchObject({ relaxed: ['rating', 'runtimeMinutes'], total: 4 });
    expect(answer.hits[0]?.id).toBe(1);
    const { constraints } = index.queries.at(-1) ?? {};
    expect(constraints?.years).toEqual({ from: 1990, to: 1999 });
  });

  it('does not drop a constraint that excludes nothing', async () => {
    index.admits = (_, { runtimeMinutes }) => runtimeMinutes.to === null;
    expect((await search('crooks')).relaxed).toEqual(['runtimeMinutes']);
  });

  it('drops constraints together of which none adds a movie alone, and no others', async () => {
    index.admits = (_, { minRating, years }) => minRating === null && years.from === null;
    const answer = await search('crooks');
    expect(answer).toMatchObject({ relaxed: ['rating', 'years'], total: 4 });
  });

  it('drops nothing if even dropping everything finds nothing', async () => {
    index.admits = () => false;
    expect(await search('crooks')).toMatchObject({ relaxed: [], total: 0, hits: [] });
  });

  it('ranks the movies that satisfy everything first', async () => {
    index.admits = ({ id }, { minRating }) => id === 3 || minRating === null;
    const { hits, relaxed } = await search('crooks');
    expect([hits[0]?.id, hits.length, relaxed]).toEqual([3, 4, ['rating']]);
  });

  it('drops nothing if enough is found', async () => {
    index.admits = ({ id }, { minRating }) => id < 4 || minRating === null;
    expect(await search('crooks')).toMatchObject({ relaxed: [], total: 3 });
  });

  it('never drops people, exclusions or filters', async () => {
    facts = {
      people: [{ name: 'Al Pacino', role: 'actor' }],
      excludedGenres: ['Horror'],
      rating: { min: 9 },
    };
    index.admits = () => false;
    await search('pacino crooks', { yearFrom: 1990 }, [7]);
    expect(index.queries.length).toBeGreaterThan(1);
    for (const { constraints } of index.queries)
      expect(constraints).toMatchObject({
        people: [{ name: 'Al Pacino' }],
        excludedGenres: ['Horror'],
        years: { from: 1990 },
        excludedIds: new Set([7]),
      });
  });
});

describe('movies like a movie', () => {
  beforeEach(() => {
    index.vectors.set(1, Float32Array.of(0, 1));
    facts = { intent: 'similar', titles: ['Heat'] };
  });

  it('uses its vector, and leaves the movie itself out', async () => {
    const answer = await run({ kind: 'similar', movieId: 1, exclude: [2] });
    expect(answer).toMatchObject({ understanding: null, references: ['Heat'], degraded: [] });
    expect(new Set(answer.hits.map(({ id }) => id))).toEqual(new Set([3, 4]));
    expect(index.queries[0]?.vector).toEqual(Float32Array.of(0, 1));
  });

  it('finds the movie that the words name, and leaves it out', async () => {
    const answer = await search('like heat');
    expect(answer.references).toEqual(['Heat']);
    expect(answer.hits.map(({ id }) => id)).not.toContain(1);
  });

  it('adds the vector of the other words', async () => {
    facts = { ...facts, rewritten: 'like heat but with zebras' };
    await search('like heat but with zebras');
    const found = index.queries.at(-1)?.vector ?? [];
    expect([...found]).toEqual([expect.closeTo(Math.SQRT1_2), expect.closeTo(Math.SQRT1_2)]);
  });
});
