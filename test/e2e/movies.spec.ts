import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from '@jest/globals';
import { startApi, type TestApi } from '../fixtures/api.js';
import { TestRedisServer } from '../fixtures/redis-server.js';
import { sendJson } from '../fixtures/fake-upstream.js';
import { sendTmdbError, TmdbUpstream } from '../fixtures/tmdb-upstream.js';
import { until } from '../fixtures/until.js';

let redis: TestRedisServer;
let tmdb: TmdbUpstream;
let api: TestApi;

beforeAll(async () => {
  [redis, tmdb] = await Promise.all([TestRedisServer.start(), TmdbUpstream.start()]);
});
afterAll(() => Promise.all([redis.stop(), tmdb.stop()]));
beforeEach(async () => {
  tmdb.reset();
  await redis.redis.flushall();
});
afterEach(() => api.close());

const start = async (variables: Record<string, string> = {}): Promise<void> => {
  // On a busy machine, a hit must not become a miss.
  const patient = { REDIS_BUDGET_MS: '2000', REDIS_SOCKET_TIMEOUT_MS: '10000' };
  api = await startApi({ REDIS_URL: redis.url, CACHE_LOCAL_BYTES: '0', ...patient, ...variables });
};
const get = async (path: string) => {
  const response = await fetch(`${api.url}${path}`);
  const text = await response.text();
  return {
    status: response.status,
    cache: response.headers.get('cache-status'),
    retryAfter: response.headers.get('retry-after'),
    text,
    body: JSON.parse(text) as Record<string, unknown>,
  };
};

describe('GET /v1/movies/{id} from TMDB', () => {
  beforeEach(() => start(tmdb.variables));

  it('sends one correct request to TMDB and returns every field unchanged', async () => {
    const first = await get('/v1/movies/949');
    expect(first).toMatchObject({ status: 200, cache: 'marquee; fwd=miss; stored' });
    expect(first.body).toEqual(tmdb.movie(949, tmdb.calls[0]?.query));
    expect((await get('/v1/movies/949')).text).toBe(first.text);
    expect(tmdb.calls).toHaveLength(1);
    const [call] = tmdb.calls;
    expect(call).toMatchObject({ path: '/movie/949', authorization: 'Bearer tmdb-token' });
    expect(Object.fromEntries(call?.query ?? [])).toEqual({
      append_to_response: 'credits,videos,release_dates',
      language: 'en-US',
    });
  });

  it('caches the movie as JSON under the documented key for a day', async () => {
    await get('/v1/movies/949');
    const ttl = await redis.redis.ttl('prod:tmdb:movie:949');
    expect(ttl).toBeGreaterThan(86_390);
    expect(ttl).toBeLessThanOrEqual(86_400);
    expect(JSON.parse((await redis.redis.get('prod:tmdb:movie:949')) ?? '')).toMatchObject({ id: 949 });
  });

  it("serves another program's entry, and replaces an invalid one", async () => {
    await redis.redis.set('prod:tmdb:movie:5', '{"id": 5, "title": "Theirs"}', 'EX', 86_400);
    expect((await get('/v1/movies/5')).text).toBe('{"id": 5, "title": "Theirs"}');
    expect(tmdb.calls).toHaveLength(0);
    for (const broken of ['{"id": 6', '[]', '"x"', '{"title": "no id"}']) {
      await redis.redis.set('prod:tmdb:movie:6', broken, 'EX', 86_400);
      expect((await get('/v1/movies/6')).body).toMatchObject({ id: 6, title: 'Movie 6, edition 1' });
    }
  });

  it('treats the body of another movie as a miss and replaces it', async () => {
    await redis.redis.set('prod:tmdb:movie:5', '{"id": 7, "title": "Planted"}', 'EX', 86_400);
    const answer = await get('/v1/movies/5');
    expect(answer).toMatchObject({ cache: 'marquee; fwd=miss; stored', body: { id: 5 } });
    expect(JSON.parse((await redis.redis.get('prod:tmdb:movie:5')) ?? '')).toMatchObject({ id: 5 });
    const metrics = await (await fetch(`${api.url}/metrics`)).text();
    expect(metrics).toMatch(
      /marquee_cache_lookup_duration_seconds_count\{namespace="movie",outcome="miss"\} 1/,
    );
  });

  describe('in another language', () => {
    it('requests the language from TMDB and caches it separately', async () => {
      const english = await get('/v1/movies/949');
      const german = await get('/v1/movies/949?language=de-DE');
      expect(german.body).toMatchObject({ id: 949, title: 'Movie 949, edition 1, de-DE' });
      expect(english.body).toMatchObject({ title: 'Movie 949, edition 1' });
      expect(tmdb.calls.map(({ query }) => query.get('language'))).toEqual(['en-US', 'de-DE']);
      expect(await redis.redis.exists('prod:tmdb:movie:949', 'prod:tmdb:movie:949:de-DE')).toBe(2);
      expect((await get('/v1/movies/949?language=DE-de')).text).toBe(german.text);
      expect((await get('/v1/movies/949?language=en-us')).text).toBe(english.text);
      expect(tmdb.calls).toHaveLength(2);
    });

    it('refreshes in the same language', async () => {
      await get('/v1/movies/1?language=de-DE');
      await redis.redis.expire('prod:tmdb:movie:1:de-DE', 60);
      tmdb.edition = 2;
      await get('/v1/movies/1?language=de-DE');
      await until('it is refreshed', async () =>
        (await get('/v1/movies/1?language=de-DE')).text.includes('Movie 1, edition 2, de-DE'),
      );
    });

    it('serves several movies', async () => {
      const { body } = await get('/v1/movies?ids=1,2&language=pt-BR');
      const titles = (body['results'] as { title: string }[]).map(({ title }) => title);
      expect(titles).toEqual(['Movie 1, edition 1, pt-BR', 'Movie 2, edition 1, pt-BR']);
    });

    it.each(['', 'german', 'de_DE', 'qq', 'de-DE-x-a', 'de%3ADE', 'x'.repeat(100), 'de&language=fr'])(
      'language=%s returns 400 naming the field',
      async (language) => {
        for (const path of ['/v1/movies/1?', '/v1/movies?ids=1&']) {
          const { status, body } = await get(`${path}language=${language}`);
          expect([status, body['errors']]).toMatchObject([400, [{ field: 'language' }]]);
        }
        expect(tmdb.calls).toHaveLength(0);
      },
    );
  });

  it('caches a missing movie briefly', async () => {
    const first = await get('/v1/movies/2000000');
    expect(first).toMatchObject({ status: 404, body: { type: 'urn:marquee:problem:movie-not-found' } });
    expect((await get('/v1/movies/2000000')).status).toBe(404);
    expect(tmdb.calls).toHaveLength(1);
    expect(await redis.redis.ttl('prod:tmdb:movie:2000000')).toBeLessThanOrEqual(300);
  });

  it.each(['0', '-1', '1.5', '1e3', '0x1', '01', '+1', 'abc', '%20', '2147483648', '99999999999', '1,2'])(
    'id %s returns 400 before any lookup',
    async (id) => {
      await redis.redis.config('RESETSTAT');
      const { status, body } = await get(`/v1/movies/${id}`);
      expect(status).toBe(400);
      expect(body['errors']).toMatchObject([{ field: 'id' }]);
      expect(tmdb.calls).toHaveLength(0);
      expect(await redis.redis.info('commandstats')).not.toContain('cmdstat_mget');
    },
  );

  describe('with a misbehaving TMDB', () => {
    it('waits for Retry-After after a 429', async () => {
      tmdb.misbehave((_, response) =>
        sendTmdbError(response, 429, 25, 'Your request count is over the allowed limit.', {
          'retry-after': '1',
        }),
      );
      expect((await get('/v1/movies/1')).status).toBe(200);
      const [first, second] = tmdb.calls.map(({ atMs }) => atMs);
      expect((second as number) - (first as number)).toBeGreaterThanOrEqual(1000);
    });

    describe('with a Retry-After of an hour', () => {
      let other: TestApi;
      beforeEach(async () => {
        other = await startApi({ REDIS_URL: redis.url, CACHE_LOCAL_BYTES: '0', ...tmdb.variables });
        await get('/v1/movies/1');
        await redis.redis.expire('prod:tmdb:movie:1', 3600);
        tmdb.misbehaveAlways((_, response) =>
          sendTmdbError(response, 429, 25, 'Your request count is over the allowed limit.', {
            'retry-after': '3600',
          }),
        );
        tmdb.calls.length = 0;
      });
      afterEach(() => other.close());

      it('pauses requests in all processes and returns a Retry-After of at most a minute', async () => {
        expect(await get('/v1/movies/100')).toMatchObject({ status: 503, retryAfter: '60' });
        const ids = [101, 102, 103, 104, 105, 106, 107, 108];
        const answers = await Promise.all(ids.map((id) => get(`/v1/movies/${id}`)));
        for (const { status, body, retryAfter } of answers) {
          expect([status, body['type']]).toEqual([503, 'urn:marquee:problem:upstream-busy']);
          expect(Number(retryAfter)).toBeGreaterThan(50);
          expect(Number(retryAfter)).toBeLessThanOrEqual(60);
        }
        const elsewhere = await fetch(`${other.url}/v1/movies/109`);
        expect([elsewhere.status, await elsewhere.json()]).toMatchObject([
          503,
          { type: 'urn:marquee:problem:upstream-busy' },
        ]);
        expect(tmdb.calls.map(({ path }) => path)).toEqual(['/movie/100']);
      });

      it('serves cached movies, fresh or stale', async () => {
        await get('/v1/movies/100');
        expect(await get('/v1/movies/1')).toMatchObject({ status: 200, body: { id: 1 } });
        expect(tmdb.calls).toHaveLength(1);
      });
    });

    it('aborts ten concurrent responses of 50 MB without using much memory', async () => {
      const megabyte = Buffer.alloc(1_000_000, 0x20);
      tmdb.misbehaveAlways((_, response) => {
        response.writeHead(200, { 'content-type': 'application/json' });
        let rest = 50;
        const send = (): void => {
          while (rest > 0 && !response.destroyed) {
            rest--;
            if (!response.write(megabyte)) return void response.once('drain', send);
          }
          response.end('{}');
        };
        send();
      });
      const before = process.memoryUsage.rss();
      const ids = Array.from({ length: 10 }, (_, index) => index + 1);
      const answers = await Promise.all(ids.map((id) => get(`/v1/movies/${id}`)));
      expect(answers.map(({ status }) => status)).toEqual(ids.map(() => 502));
      expect(answers[0]?.text).toContain('larger than 2097152 bytes');
      expect(process.memoryUsage.rss() - before).toBeLessThan(250_000_000);
      expect(await redis.redis.keys('prod:tmdb:movie:*')).toEqual([]);
    });

    it('retries a 5xx and a closed connection', async () => {
      tmdb.misbehave(
        (_, response) => sendTmdbError(response, 503, 9, 'Service offline'),
        (_, response) => void response.destroy(),
      );
      expect((await get('/v1/movies/1')).status).toBe(200);
      expect(tmdb.calls).toHaveLength(3);
    });

    it('does not retry a 401, and does not reveal the token', async () => {
      tmdb.misbehaveAlways((_, response) => sendTmdbError(response, 401, 7, 'Invalid API key.'));
      const { status, text } = await get('/v1/movies/1');
      expect(status).toBe(502);
      expect(text).toContain('Invalid API key.');
      expect(text).not.toContain('tmdb-token');
      expect(tmdb.calls).toHaveLength(1);
    });

    it.each([
      ['no JSON', '<html>'],
      ['no object', '"x"'],
      ['another movie', '{"id": 7}'],
    ])('returns 502 and stores nothing for %s', async (_, answer) => {
      tmdb.misbehaveAlways((__, response) => void response.writeHead(200).end(answer));
      expect((await get('/v1/movies/1')).status).toBe(502);
      expect(await redis.redis.exists('prod:tmdb:movie:1')).toBe(0);
    });

    it('serves a stale movie while TMDB fails, and a fresh one when it recovers', async () => {
      await get('/v1/movies/1');
      await redis.redis.expire('prod:tmdb:movie:1', 3600);
      tmdb.edition = 2;
      tmdb.misbehaveAlways((_, response) => sendTmdbError(response, 400, 5, 'broken'));
      const stale = await get('/v1/movies/1');
      expect(stale).toMatchObject({ status: 200, body: { title: 'Movie 1, edition 1' } });
      expect(stale.cache).toMatch(/^marquee; fwd=stale; ttl=-18\d\d\d$/);
      await until('TMDB was called', () => tmdb.calls.length > 1);
      tmdb.reset();
      tmdb.edition = 2;
      await redis.redis.set('prod:tmdb:movie:2', '{"id":2,"title":"old"}', 'EX', 60);
      await get('/v1/movies/2');
      await until('it is refreshed', async () =>
        (await get('/v1/movies/2')).text.includes('Movie 2, edition 2'),
      );
      expect(await redis.redis.ttl('prod:tmdb:movie:2')).toBeGreaterThan(86_000);
    });

    it('revalidates with an ETag, and caches unmodified movies for another day', async () => {
      await get('/v1/movies/1');
      await redis.redis.expire('prod:tmdb:movie:1', 60);
      await get('/v1/movies/1');
      await until('it is fresh again', async () => (await redis.redis.ttl('prod:tmdb:movie:1')) > 86_000);
      expect(tmdb.calls.map(({ ifNoneMatch }) => ifNoneMatch)).toEqual([undefined, 'W/"1-1"']);
      expect((await get('/v1/movies/1')).body).toMatchObject({ title: 'Movie 1, edition 1' });
    });
  });

  it('limits the request rate regardless of the number of movies', async () => {
    await api.close();
    await start({ ...tmdb.variables, TMDB_REQUESTS_PER_SECOND: '50' });
    const ids = Array.from({ length: 100 }, (_, index) => index + 1);
    expect((await get(`/v1/movies?ids=${ids.join(',')}`)).status).toBe(200);
    const times = tmdb.calls.map(({ atMs }) => atMs).toSorted((a, b) => a - b);
    // The burst is a tenth of a second.
    expect((times.at(-1) as number) - (times[0] as number)).toBeGreaterThan((100 - 6 - 1) * 20 * 0.95);
  });
});

describe('GET /v1/movies?ids=', () => {
  beforeEach(() => start(tmdb.variables));

  it('requests each missing id once and returns movies in the requested order', async () => {
    await get('/v1/movies/2');
    const { status, cache, body } = await get('/v1/movies?ids=3,2,2000000,1,3');
    expect([status, cache]).toEqual([200, 'marquee; fwd=partial; stored']);
    expect((body['results'] as { id: number }[]).map(({ id }) => id)).toEqual([3, 2, 1]);
    expect(body).toMatchObject({ missing: [2_000_000], failed: [], source: 'tmdb' });
    expect(tmdb.calls.map(({ path }) => path).toSorted()).toEqual([
      '/movie/1',
      '/movie/2',
      '/movie/2000000',
      '/movie/3',
    ]);
  });

  it('returns the available movies if some fail, and does not cache failures', async () => {
    await get('/v1/movies/2');
    tmdb.misbehaveAlways((call, response) =>
      call.path === '/movie/3'
        ? sendTmdbError(response, 400, 5, 'broken')
        : sendJson(response, 200, tmdb.movie(Number(call.path.slice(7)))),
    );
    const { status, body } = await get('/v1/movies?ids=1,2,3');
    expect([status, body['failed']]).toEqual([200, [3]]);
    expect((body['results'] as { id: number }[]).map(({ id }) => id)).toEqual([1, 2]);
    expect(await redis.redis.exists('prod:tmdb:movie:1', 'prod:tmdb:movie:3')).toBe(1);
  });

  it('returns an error if all fail', async () => {
    tmdb.misbehaveAlways((_, response) => sendTmdbError(response, 400, 5, 'broken'));
    expect((await get('/v1/movies?ids=1,2')).status).toBe(502);
  });

  it.each(['', '?ids=', '?ids=1,,2', '?ids=1,x', `?ids=${'1,'.repeat(100)}1`, '?ids=1&x=2', '?ids=1&ids=2'])(
    '%s returns 400',
    async (query) => {
      const { status, body } = await get(`/v1/movies${query}`);
      expect(status).toBe(400);
      expect(body['errors']).toHaveLength(1);
      expect(tmdb.calls).toHaveLength(0);
    },
  );
});

describe('without TMDB', () => {
  beforeEach(() => start());

  it('serves the bundled catalogue in the same format, marked as such', async () => {
    const godfather = await get('/v1/movies/1000000370');
    expect(godfather.body).toMatchObject({
      id: 1_000_000_370,
      title: 'The Godfather',
      release_date: '1972-03-14',
      original_language: 'en',
      overview: expect.stringMatching(/wedding/),
      belongs_to_collection: { name: 'The Godfather' },
      production_countries: [{ iso_3166_1: 'US', name: 'United States' }],
      keywords: {
        keywords: expect.arrayContaining([expect.objectContaining({ name: 'horse head in bed' })]),
      },
      marquee_source: 'catalogue',
    });
    const { cast, crew } = godfather.body['credits'] as Record<'cast' | 'crew', object[]>;
    expect(cast[0]).toMatchObject({ name: 'Marlon Brando', character: 'Vito Corleone', order: 0 });
    expect(crew[0]).toMatchObject({ job: 'Director', name: 'Francis Ford Coppola' });
    expect(Object.keys(tmdb.movie(1)).filter((field) => !(field in godfather.body))).toEqual([
      'some_future_field',
    ]);
    expect((await get('/v1/movies/1000000370')).cache).toMatch(/^marquee; hit/);
    // The catalogue is in English only.
    expect((await get('/v1/movies/1000000370?language=de-DE')).cache).toMatch(/^marquee; hit/);
    expect((await get('/v1/movies/550')).status).toBe(404);
  });
});
