import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from '@jest/globals';
import { SEARCH_VERSION } from '@app/search';
import { startApi, type TestApi } from '../fixtures/api.js';
import { makeKey } from '../fixtures/api-keys.js';
import { TestRedisServer } from '../fixtures/redis-server.js';
import {
  type Answer,
  fetchJson,
  type Problem,
  type Result,
  search,
  type SearchBody,
} from '../fixtures/search-calls.js';
import { until } from '../fixtures/until.js';

let redis: TestRedisServer;
let api: TestApi;

beforeAll(async () => {
  redis = await TestRedisServer.start();
  api = await startApi({ REDIS_URL: redis.url, CACHE_LOCAL_BYTES: '0' });
  await until(
    'the index and the local model are loaded',
    async () => (await search(api.url, { query: 'warm up' })).body.degraded?.length === 0,
  );
});
afterAll(async () => {
  await api.close();
  await redis.stop();
});
beforeEach(() => redis.redis.flushall());

const find = async (request: SearchBody): Promise<Answer> => (await search(api.url, request)).body;
const idsOf = (results: readonly Result[]): number[] => results.map(({ id }) => id);
const yearOf = ({ movie }: Result): number => Number(movie.releaseDate.slice(0, 4));
const heat = async (): Promise<Result> => {
  const { results } = await find({ query: 'Heat 1995 Al Pacino', limit: 1 });
  return results[0] as Result;
};

describe('POST /v1/search', () => {
  it('returns movies in the documented shape', async () => {
    const { status, headers, body } = await search(api.url, { query: 'Crime movies with Al Pacino' });
    expect(status).toBe(200);
    expect(headers.get('cache-status')).toMatch(/^marquee; fwd=miss/);
    expect(Object.keys(body)).toEqual([
      'query',
      'understanding',
      'total',
      'results',
      'facets',
      'relaxed',
      'degraded',
      'nextCursor',
      'index',
    ]);
    expect(body).toMatchObject({
      query: 'Crime movies with Al Pacino',
      understanding: { people: [{ name: 'Al Pacino', role: expect.any(String) }], genres: ['Crime'] },
      facets: {},
      degraded: [],
    });
    expect(body.index).toEqual({
      version: expect.any(String),
      movies: expect.any(Number),
      source: 'catalogue',
      updatedAt: expect.stringMatching(/^\d{4}-\d\d-\d\dT/),
    });
    expect(body.results.length).toBeGreaterThan(3);
    for (const result of body.results) {
      expect(Object.keys(result)).toEqual(['id', 'score', 'movie', 'why']);
      expect(Object.keys(result.movie)).toEqual([
        'id',
        'title',
        'originalTitle',
        'releaseDate',
        'genres',
        'runtimeMinutes',
        'certification',
        'language',
        'directors',
        'cast',
        'overview',
        'voteAverage',
        'voteCount',
        'posterPath',
        'trendingRank',
      ]);
      expect(result.movie.id).toBe(result.id);
      expect(Object.keys(result.why)).toEqual(['matched']);
      expect(result.why.matched).toContainEqual({
        kind: 'actor',
        text: expect.stringContaining('Al Pacino'),
      });
    }
  });

  it('orders results by score, which the parts of the explanation add up to', async () => {
    const { results } = await find({ query: 'thieves plan one last robbery', explain: true });
    expect(results.length).toBeGreaterThan(3);
    const scores = results.map(({ score }) => score);
    expect(scores).toEqual(scores.toSorted((a, b) => b - a));
    for (const { score, why } of results) {
      const { parts = {}, similarity } = why.explanation ?? {};
      expect(Object.values(parts).reduce((sum, part) => sum + part, 0)).toBeCloseTo(score, 2);
      expect(similarity === null || Math.abs(similarity ?? 2) <= 1.001).toBe(true);
    }
  });

  it('finds the number of movies that the words ask for', async () => {
    expect((await find({ query: 'three crime movies' })).results).toHaveLength(3);
    expect((await find({ query: 'three crime movies', limit: 5 })).results).toHaveLength(5);
  });

  it('ranks trending movies first for someone who asks for them', async () => {
    const ids = idsOf((await find({ query: 'comedies', limit: 30 })).results.slice(3, 6)).toReversed();
    await api.app.inject({
      method: 'PUT',
      url: '/v1/trending',
      payload: { ids },
    });
    const { understanding, results } = await find({ query: "what's trending right now" });
    expect(understanding.intent).toBe('trending');
    expect(idsOf(results).slice(0, 3)).toEqual(ids);
    expect(results[0]).toMatchObject({ movie: { trendingRank: 1 } });
    expect(results[0]?.why.matched).toContainEqual({ kind: 'trending', text: 'number 1 in trending' });
  });
});

describe('filters', () => {
  const cases: [string, SearchBody['filters'], (result: Result) => boolean][] = [
    [
      'genres',
      { genres: ['Comedy', 'Crime'] },
      ({ movie }) => movie.genres.includes('Comedy') && movie.genres.includes('Crime'),
    ],
    ['excludedGenres', { excludedGenres: ['Drama'] }, ({ movie }) => !movie.genres.includes('Drama')],
    [
      'people',
      { people: ['Tom Hanks'] },
      ({ movie }) => JSON.stringify([movie.cast, movie.directors]).includes('Tom Hanks'),
    ],
    ['years', { yearFrom: 1990, yearTo: 1994 }, (result) => yearOf(result) >= 1990 && yearOf(result) <= 1994],
    [
      'runtime',
      { runtimeMin: 80, runtimeMax: 95 },
      ({ movie }) => (movie.runtimeMinutes ?? 0) >= 80 && (movie.runtimeMinutes ?? 0) <= 95,
    ],
    [
      'certification',
      { certification: ['G', 'PG'] },
      ({ movie }) => ['G', 'PG'].includes(movie.certification ?? ''),
    ],
    ['language', { language: 'fr' }, ({ movie }) => movie.language === 'fr'],
  ];

  it.each(cases)('%s hold for every result', async (_, filters, holds) => {
    for (const query of ['movies', 'a love story in a big city', 'movies from the 1970s without romance']) {
      const { results } = await find({ query, ...(filters && { filters }), limit: 50 });
      expect(results.filter((result) => !holds(result))).toEqual([]);
    }
    const { results } = await find({ query: 'movies', ...(filters && { filters }) });
    expect(results.length).toBeGreaterThan(0);
  });

  it('win over the words', async () => {
    const { results } = await find({
      query: 'comedies from the 1980s',
      filters: { yearFrom: 2005, yearTo: 2009 },
    });
    expect(results.length).toBeGreaterThan(3);
    expect(results.every((result) => yearOf(result) >= 2005 && yearOf(result) <= 2009)).toBe(true);
  });

  it('are never relaxed, nor are people and exclusions', async () => {
    const { relaxed, results } = await find({
      query: 'Tom Hanks movies from the 1940s without drama',
      filters: { runtimeMax: 100 },
      limit: 50,
    });
    expect(relaxed).toEqual(['years']);
    for (const { movie } of results) {
      expect(movie.runtimeMinutes).toBeLessThanOrEqual(100);
      expect(movie.genres).not.toContain('Drama');
      expect(JSON.stringify([movie.cast, movie.directors])).toContain('Tom Hanks');
    }
  });

  it('that no movie satisfies find nothing', async () => {
    const answer = await find({ query: 'movies', filters: { people: ['Nobody At All'] } });
    expect(answer).toMatchObject({ total: 0, results: [], nextCursor: null, relaxed: [] });
  });
});

describe('exclude', () => {
  it('leaves movies out of every page', async () => {
    const query = 'thieves plan one last robbery';
    const before = await find({ query });
    const exclude = idsOf(before.results).slice(0, 5);
    const after = await find({ query, exclude, limit: 50 });
    expect(idsOf(after.results).filter((id) => exclude.includes(id))).toEqual([]);
    expect(after.total).toBeGreaterThan(0);
  });

  it('accepts 1,000 ids, in any order', async () => {
    const exclude = Array.from({ length: 1_000 }, (_, index) => index + 1);
    const first = await search(api.url, { query: 'robbery', exclude });
    expect(first.status).toBe(200);
    const second = await search(api.url, { query: 'robbery', exclude: exclude.toReversed() });
    expect(second.headers.get('cache-status')).toMatch(/^marquee; hit/);
  });
});

describe('pages', () => {
  it('are complete, stable and without duplicates', async () => {
    const request: SearchBody = { query: 'romantic comedies from the 1990s', limit: 7 };
    const first = await find(request);
    const ids = idsOf(first.results);
    for (let page = first; page.nextCursor !== null;) {
      page = await find({ ...request, cursor: page.nextCursor });
      expect(page.total).toBe(first.total);
      ids.push(...idsOf(page.results));
    }
    expect(ids.length).toBe(first.total);
    expect(new Set(ids).size).toBe(ids.length);
    const again = await find({ ...request, limit: 50 });
    expect(idsOf(again.results)).toEqual(ids.slice(0, 50));
  });

  it('reject the cursor of another request', async () => {
    const { nextCursor } = await find({ query: 'comedies', limit: 5 });
    const cursor = nextCursor ?? '';
    const others: SearchBody[] = [
      { query: 'westerns', cursor },
      { query: 'comedies', cursor, exclude: [1] },
      { query: 'comedies', cursor, filters: { yearFrom: 1990 } },
    ];
    for (const other of others) {
      const { status, problem } = await search(api.url, other);
      expect([status, problem.type, problem.errors?.[0]?.field]).toEqual([
        400,
        'urn:marquee:problem:invalid-cursor',
        'cursor',
      ]);
    }
  });
});

describe('facets', () => {
  it('count the whole answer, not the page', async () => {
    const request: SearchBody = { query: 'romantic comedies from the 1990s' };
    const { facets, total } = await find({
      ...request,
      limit: 2,
      facets: ['genres', 'decades', 'certification'],
    });
    expect(total).toBeGreaterThan(2);
    expect(Object.keys(facets)).toEqual(['genres', 'decades', 'certification']);
    expect(facets.decades).toEqual([{ value: '1990s', count: total }]);
    const results: Result[] = [];
    let cursor: string | null | undefined;
    do {
      const page = await find({ ...request, limit: 50, ...(cursor && { cursor }) });
      results.push(...page.results);
      cursor = page.nextCursor;
    } while (cursor);
    for (const { value, count } of facets.genres ?? [])
      expect([value, results.filter(({ movie }) => movie.genres.includes(value)).length]).toEqual([
        value,
        count,
      ]);
    for (const { value, count } of facets.certification ?? [])
      expect([value, results.filter(({ movie }) => movie.certification === value).length]).toEqual([
        value,
        count,
      ]);
  });

  it('are limited to those requested', async () => {
    expect(Object.keys((await find({ query: 'westerns', facets: ['decades'] })).facets)).toEqual(['decades']);
  });
});

describe('validation', () => {
  it.each<[string, unknown]>([
    ['query', {}],
    ['query', { query: 7 }],
    ['query', { query: '' }],
    ['query', { query: '  ' }],
    ['query', { query: 'x'.repeat(1_001) }],
    ['query', { query: '\ud800' }],
    ['query', { query: 'a\0b' }],
    ['limit', { query: 'a', limit: 0 }],
    ['limit', { query: 'a', limit: 51 }],
    ['limit', { query: 'a', limit: 1.5 }],
    ['limit', { query: 'a', limit: '5' }],
    ['cursor', { query: 'a', cursor: 7 }],
    ['cursor', { query: 'a', cursor: 'x'.repeat(201) }],
    ['cursor', { query: 'a', cursor: 'bm9uc2Vuc2U' }],
    ['exclude', { query: 'a', exclude: 7 }],
    ['exclude', { query: 'a', exclude: Array.from({ length: 1_001 }, (_, index) => index + 1) }],
    ['exclude[0]', { query: 'a', exclude: [0] }],
    ['exclude[1]', { query: 'a', exclude: [1, 'x'] }],
    ['exclude[0]', { query: 'a', exclude: [2 ** 31] }],
    ['facets', { query: 'a', facets: 'genres' }],
    ['facets[0]', { query: 'a', facets: ['constructor'] }],
    ['explain', { query: 'a', explain: 'yes' }],
    ['filters', { query: 'a', filters: [] }],
    ['filters.genres[0]', { query: 'a', filters: { genres: ['Heist'] } }],
    ['filters.excludedGenres[0]', { query: 'a', filters: { excludedGenres: ['comedy'] } }],
    ['filters.people', { query: 'a', filters: { people: Array.from({ length: 11 }, () => 'A') } }],
    ['filters.people[0]', { query: 'a', filters: { people: [' '] } }],
    ['filters.people[0]', { query: 'a', filters: { people: ['\udc00'] } }],
    ['filters.people[0]', { query: 'a', filters: { people: ['x'.repeat(101)] } }],
    ['filters.yearFrom', { query: 'a', filters: { yearFrom: 1600 } }],
    ['filters.yearTo', { query: 'a', filters: { yearTo: '1990' } }],
    ['filters.yearTo', { query: 'a', filters: { yearFrom: 2000, yearTo: 1990 } }],
    ['filters.runtimeMin', { query: 'a', filters: { runtimeMin: 0 } }],
    ['filters.runtimeMax', { query: 'a', filters: { runtimeMin: 100, runtimeMax: 90 } }],
    ['filters.certification[0]', { query: 'a', filters: { certification: ['XXX'] } }],
    ['filters.language', { query: 'a', filters: { language: 'eng' } }],
    ['filters.minRating', { query: 'a', filters: { minRating: 11 } }],
    ['filters', { query: 'a', filters: { director: 'X' } }],
    ['body', '{"query":"a","filters":{"constructor":{"prototype":{"x":1}}}}'],
    ['body', { query: 'a', colour: 'red' }],
  ])('names %s in %j', async (field, body) => {
    const response = await api.post('/v1/search', body);
    const problem = (await response.json()) as Problem;
    expect(response.status).toBe(400);
    expect(response.headers.get('content-type')).toContain('application/problem+json');
    expect(problem.errors?.map((error) => error.field)).toContain(field);
  });

  it.each(['[]', '7', '"x"', 'null', '{"query":', '{"query":"a","__proto__":{"limit":1}}'])(
    'returns a problem for the body %s',
    async (body) => {
      const response = await api.post('/v1/search', body);
      expect(response.status).toBe(400);
      expect(response.headers.get('content-type')).toContain('application/problem+json');
    },
  );
});

describe('hostile words', () => {
  it.each([
    ['the longest query', 'word '.repeat(200)],
    ['one long word', 'x'.repeat(1_000)],
    ['many different words', Array.from({ length: 190 }, (_, index) => `w${index}`).join(' ')],
    ['a regular expression', '(a+)+$ [[[ \\ .* ^ {1,1000000}'],
    ['operators', 'AND OR NOT "unclosed * ~9 title:^9999 --; DROP TABLE movies'],
    ['prototype names', '__proto__ constructor hasOwnProperty toString valueOf'],
    ['markup', '<script>alert(1)</script> {{7*7}} ${process.exit()}'],
    ['combining marks', `a${'\u0301'.repeat(900)}`],
    ['right-to-left and emoji', '\u202eמאטריקס 🎬🍿 👨‍👩‍👧‍👦'],
    ['signs alone', '!?!?!? ... ---'],
    ['many titles', 'like Heat like Ronin like Alien '.repeat(30)],
    ['many constraints', 'not horror, under 2 hours, after 1990, before 2000, '.repeat(15)],
  ])('%s', async (_, query) => {
    const startedMs = performance.now();
    const { status, body } = await search(api.url, { query: query.slice(0, 1_000) });
    expect(status).toBe(200);
    expect(Array.isArray(body.results)).toBe(true);
    expect(performance.now() - startedMs).toBeLessThan(5_000);
  });

  it.each(['asdfghjkl qwertyuiop', 'xqzzt vbnmp lkjhg', 'zzzz yyyy xxxx wwww'])(
    'nonsense finds nothing: %s',
    async (query) => {
      expect(await find({ query })).toMatchObject({ total: 0, results: [], nextCursor: null });
    },
  );
});

describe('caching', () => {
  it('serves a search of the same words, and says so', async () => {
    const first = await search(api.url, { query: 'heist movies' });
    expect(first.headers.get('cache-status')).toBe('marquee; fwd=miss; stored');
    const second = await search(api.url, { query: ' Heist   MOVIES ' });
    expect(second.headers.get('cache-status')).toMatch(/^marquee; hit; ttl=(?:300|2\d\d)$/);
    expect(second.body.query).toBe(' Heist   MOVIES ');
    expect(idsOf(second.body.results)).toEqual(idsOf(first.body.results));
  });

  it('stores the answer under the version of the index, with a TTL', async () => {
    const { index } = await find({ query: 'heist movies' });
    const keys = await redis.redis.keys('prod:search:*');
    expect(keys).toEqual([
      expect.stringMatching(new RegExp(`^prod:search:v${SEARCH_VERSION}:${index.version}:[0-9a-f]{64}$`)),
    ]);
    const ttl = await redis.redis.ttl(keys[0] ?? '');
    expect([ttl > 300, ttl <= 3_900]).toEqual([true, true]);
  });

  it('replaces a stored answer of another shape', async () => {
    await find({ query: 'heist movies' });
    const [key = ''] = await redis.redis.keys('prod:search:*');
    for (const broken of ['{', '{}', 'null', '[]', '{"hits":7}']) {
      await redis.redis.set(key, broken, 'EX', 100);
      const { status, body } = await search(api.url, { query: 'heist movies' });
      expect([status, body.results.length > 0]).toEqual([200, true]);
    }
  });

  it('reports the stages of a search, and only the last of a cached one', async () => {
    const stages = async (): Promise<string> =>
      (await search(api.url, { query: 'heist movies' })).headers.get('server-timing') ?? '';
    const names = (field: string): string[] => field.split(', ').map((entry) => entry.split(';')[0] ?? '');
    const first = await stages();
    expect(first).toMatch(/^cache;desc=miss(?:, [a-z]+;dur=\d+\.\d\d)+$/);
    expect(new Set(names(first))).toEqual(
      new Set(['cache', 'understand', 'embed', 'trending', 'retrieve', 'rank', 'explain']),
    );
    expect(names(await stages())).toEqual(['cache', 'explain']);
  });

  it('is bypassed by an administrator who sends no-cache', async () => {
    await find({ query: 'heist movies' });
    const response = await fetch(`${api.url}/v1/search`, {
      method: 'POST',
      headers: { 'content-type': 'application/json', 'cache-control': 'no-cache' },
      body: JSON.stringify({ query: 'heist movies' }),
    });
    expect(response.headers.get('cache-status')).toBe('marquee; fwd=request; stored');
  });

  it('loads once for concurrent searches of the same words', async () => {
    const answers = await Promise.all(
      Array.from({ length: 10 }, () => search(api.url, { query: 'coalesced heist' })),
    );
    const statuses = answers.map(({ headers }) => headers.get('cache-status') ?? '');
    expect(statuses.filter((status) => !/collapsed|hit/.test(status))).toHaveLength(1);
  });
});

describe('GET /v1/search/suggestions', () => {
  const suggest = async (query: string) => {
    const answer = await fetchJson(`${api.url}/v1/search/suggestions?${query}`);
    const body = answer.body as Problem & { results: { text: string }[] };
    return { ...answer, body };
  };

  it('completes titles and people, and may be stored by shared caches', async () => {
    const { status, headers, body } = await suggest('prefix=tom+hank');
    expect(status).toBe(200);
    expect(headers.get('cache-control')).toBe('public, max-age=300, stale-while-revalidate=3600');
    expect(body.results[0]).toEqual({ kind: 'person', text: 'Tom Hanks' });
    const { body: titles } = await suggest('prefix=the+godf&limit=3');
    expect(titles.results.length).toBeLessThanOrEqual(3);
    expect(titles.results[0]).toEqual({
      kind: 'title',
      text: 'The Godfather',
      movieId: expect.any(Number),
      year: 1972,
    });
  });

  it.each(['godfahter', 'godfter', 'godfaather', 'the godfater'])('tolerates typos: %s', async (prefix) => {
    const { body } = await suggest(`prefix=${encodeURIComponent(prefix)}`);
    expect(body.results.map(({ text }) => text)).toContain('The Godfather');
  });

  it.each(['zzzzqqq', '...', '([+*', '🎬', '%', '__qqqzz__'])('returns nothing for %s', async (prefix) => {
    expect(await suggest(`prefix=${encodeURIComponent(prefix)}`)).toMatchObject({
      status: 200,
      body: { results: [] },
    });
  });

  it.each([
    ['prefix', ''],
    ['prefix', 'prefix='],
    ['prefix', 'prefix=+'],
    ['prefix', `prefix=${'x'.repeat(101)}`],
    ['prefix', 'prefix=a&prefix=b'],
    ['limit', 'prefix=a&limit=0'],
    ['limit', 'prefix=a&limit=21'],
    ['limit', 'prefix=a&limit=x'],
    ['query', 'prefix=a&colour=red'],
  ])('names %s in ?%s', async (field, query) => {
    const { status, body } = await suggest(query);
    expect([status, body.errors?.map((error) => error.field)]).toEqual([400, [field]]);
  });
});

describe('GET /v1/movies/{id}/similar', () => {
  const similar = async (id: number | string, query = '') => {
    const answer = await fetchJson(`${api.url}/v1/movies/${id}/similar${query}`);
    return { ...answer, body: answer.body as Answer & Problem };
  };

  it('returns movies of the same kind, without the movie itself', async () => {
    const { id, movie } = await heat();
    const { status, body, headers } = await similar(id, '?limit=10');
    expect(status).toBe(200);
    expect(headers.get('cache-status')).toBe('marquee; fwd=miss; stored');
    expect(Object.keys(body)).toEqual(['total', 'results', 'nextCursor', 'index']);
    expect(body.results).toHaveLength(10);
    expect(idsOf(body.results)).not.toContain(id);
    const related = body.results.filter((each) =>
      each.movie.genres.some((genre) => movie.genres.includes(genre)),
    );
    expect(related.length).toBeGreaterThanOrEqual(8);
    expect((await similar(id, '?limit=10')).headers.get('cache-status')).toMatch(/^marquee; hit/);
  });

  it('leaves excluded movies out, on every page', async () => {
    const { id } = await heat();
    const exclude = idsOf((await similar(id)).body.results).slice(0, 3);
    const ids: number[] = [];
    let query = `?limit=50&exclude=${exclude.join(',')}`;
    for (let count = 0; count < 3; count++) {
      const { body } = await similar(id, query);
      ids.push(...idsOf(body.results));
      if (body.nextCursor === null) break;
      query = `?limit=50&exclude=${exclude.join(',')}&cursor=${body.nextCursor}`;
    }
    expect(ids.length).toBeGreaterThan(50);
    expect(new Set(ids).size).toBe(ids.length);
    expect(ids.filter((each) => [id, ...exclude].includes(each))).toEqual([]);
  });

  it('returns 404 for a movie that the index does not have', async () => {
    const { status, body } = await similar(2_147_483_647);
    expect([status, body.type]).toEqual([404, 'urn:marquee:problem:movie-not-found']);
  });

  it.each([
    ['id', 'abc', ''],
    ['id', '0', ''],
    ['limit', '1', '?limit=51'],
    ['cursor', '1', '?cursor=nonsense'],
    ['exclude[0]', '1', '?exclude=x'],
    ['query', '1', '?colour=red'],
  ])('names %s of %s%s', async (field, id, query) => {
    const movieId = id === '1' ? (await heat()).id : id;
    const { status, body } = await similar(movieId, query);
    expect([status, body.errors?.[0]?.field]).toEqual([400, field]);
  });
});

describe('with API keys', () => {
  const key = makeKey('acme');
  let folder: string;
  let keyed: TestApi;

  beforeAll(async () => {
    folder = mkdtempSync(join(tmpdir(), 'marquee-search-'));
    const file = join(folder, 'keys.json');
    writeFileSync(file, JSON.stringify([key.entry]));
    const policies = join(folder, 'policies.json');
    const policy = { name: 'default', quota: 1_000, windowSeconds: 60 };
    writeFileSync(policies, JSON.stringify({ policies: [policy], plans: { default: ['default'] } }));
    keyed = await startApi({
      REDIS_URL: redis.url,
      CACHE_LOCAL_BYTES: '0',
      API_KEYS_FILE: file,
      RATE_LIMIT_POLICIES_FILE: policies,
    });
    const headers = { 'x-api-key': key.key };
    await until(
      'the index and the local model are loaded',
      async () => (await search(keyed.url, { query: 'warm up' }, headers)).body.degraded?.length === 0,
    );
  });
  afterAll(async () => {
    await keyed.close();
    rmSync(folder, { recursive: true });
  });

  it('rejects calls without a key', async () => {
    const { status, problem } = await search(keyed.url, { query: 'heist' });
    expect([status, problem.type]).toEqual([401, 'urn:marquee:problem:unauthenticated']);
    for (const path of ['/v1/search/suggestions?prefix=a', '/v1/movies/1/similar'])
      expect((await fetch(`${keyed.url}${path}`)).status).toBe(401);
  });

  it('ignores no-cache of a key without the role admin', async () => {
    const headers = { 'x-api-key': key.key, 'cache-control': 'no-cache' };
    await search(keyed.url, { query: 'heist movies' }, headers);
    const again = await search(keyed.url, { query: 'heist movies' }, headers);
    expect(again.headers.get('cache-status')).toMatch(/^marquee; hit/);
  });

  it('costs 3, and 1 if the answer is cached', async () => {
    const headers = { 'x-api-key': key.key };
    const remaining = async (query: string): Promise<number> => {
      const { headers: received } = await search(keyed.url, { query }, headers);
      return Number(/;r=(\d+)/.exec(received.get('ratelimit') ?? '')?.[1]);
    };
    let attempt = 0;
    // On a busy machine, a process may decide without Redis for a moment, and omits the field.
    const [first, second, third, fourth] = await until('Redis decides about four requests', async () => {
      attempt++;
      const standings: number[] = [];
      for (const query of ['heist', 'war', 'war', 'western'])
        standings.push(await remaining(`${query} movies ${attempt}`));
      return standings.every(Number.isFinite) ? standings : undefined;
    });
    // A settlement that follows the response is visible to the next request.
    expect([first, second, third, fourth].map((standing) => (first ?? 0) - (standing ?? 0))).toEqual([
      0, 3, 6, 7,
    ]);
  });
});
