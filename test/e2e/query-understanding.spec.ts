import { createHash } from 'node:crypto';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from '@jest/globals';
import { QU_VERSION, type Understanding } from '@app/query-understanding';
import { startApi, type TestApi } from '../fixtures/api.js';
import { sendCompletion, ChatUpstream, modelFacts } from '../fixtures/chat-upstream.js';
import { TestRedisServer } from '../fixtures/redis-server.js';
import { until } from '../fixtures/until.js';

let redis: TestRedisServer;
let chat: ChatUpstream;
let api: TestApi;

beforeAll(async () => {
  [redis, chat] = await Promise.all([TestRedisServer.start(), ChatUpstream.start()]);
});
afterAll(() => Promise.all([redis.stop(), chat.stop()]));
beforeEach(async () => {
  chat.reset();
  await redis.redis.flushall();
});
afterEach(() => api.close());

const start = async (variables: Record<string, string> = {}): Promise<void> => {
  api = await startApi({ REDIS_URL: redis.url, CACHE_LOCAL_BYTES: '0', ...variables });
};
const understand = async (query: unknown) => {
  const response = await api.post('/v1/query-understanding', { query });
  return {
    status: response.status,
    cache: response.headers.get('cache-status'),
    body: (await response.json()) as Understanding & { errors?: { field: string }[] },
  };
};
const keyOf = (normalized: string): string =>
  `prod:qu:v${QU_VERSION}:${createHash('sha256').update(normalized).digest('hex')}`;
const metrics = async (): Promise<string> => (await fetch(`${api.url}/metrics`)).text();

describe('POST /v1/query-understanding by rules', () => {
  beforeEach(() => start());

  it('returns the documented document', async () => {
    // While Jest compiles the modules, calls to Redis may exceed their budget.
    let count = 0;
    await until('a document is stored', async () =>
      ((await understand(`heist ${count++}`)).cache ?? '').endsWith('stored'),
    );
    const { status, cache, body } = await understand(
      'Three dark COMEDIES by the Coen brothers from the late 90s, under two hours, no gore',
    );
    expect([status, cache]).toEqual([200, 'marquee; fwd=miss; stored']);
    expect(body).toEqual({
      version: QU_VERSION,
      query: 'Three dark COMEDIES by the Coen brothers from the late 90s, under two hours, no gore',
      normalized: 'three dark comedies by the coen brothers from the late 90s, under two hours, no gore',
      language: 'en',
      intent: 'person',
      titles: [],
      people: [
        { name: 'Joel Coen', role: 'director' },
        { name: 'Ethan Coen', role: 'director' },
      ],
      genres: ['Comedy'],
      excludedGenres: [],
      years: { from: 1997, to: 1999 },
      released: { from: null, to: null },
      runtimeMinutes: { min: null, max: 120 },
      rating: { min: null },
      votes: { min: null },
      budget: { min: null, max: null },
      revenue: { min: null, max: null },
      countries: [],
      countryCount: { min: null, max: null },
      spokenLanguages: [],
      certification: [],
      moods: ['dark'],
      themes: [],
      excludedThemes: ['gore'],
      sort: 'relevance',
      limit: 3,
      rewritten: 'dark comedies by the coen brothers',
      degraded: [],
    });
  });

  it('caches the document for a day under the normalized query', async () => {
    await understand('Heist  movies');
    const key = keyOf('heist movies');
    expect(await redis.redis.ttl(key)).toBeGreaterThan(86_390);
    const second = await understand(' heist MOVIES ');
    expect(second.cache).toMatch(/^marquee; hit; ttl=86[34]\d\d$/);
    expect(second.body.query).toBe(' heist MOVIES ');
    expect(JSON.parse((await redis.redis.get(key)) ?? '')).toMatchObject({ themes: ['heist'] });
  });

  it("serves another program's document, and replaces one with a different shape", async () => {
    await understand('heist movies');
    const key = keyOf('heist movies');
    const stored = JSON.parse((await redis.redis.get(key)) ?? '') as Understanding;
    await redis.redis.set(key, JSON.stringify({ ...stored, themes: ['theirs'] }), 'EX', 100);
    expect((await understand('heist movies')).body.themes).toEqual(['theirs']);
    for (const broken of [
      '{',
      '{}',
      JSON.stringify({ ...stored, version: QU_VERSION + 1 }),
      JSON.stringify({ ...stored, genres: ['Heist'] }),
    ]) {
      await redis.redis.set(key, broken, 'EX', 100);
      expect((await understand('heist movies')).body.themes).toEqual(['heist']);
      expect(JSON.parse((await redis.redis.get(key)) ?? '')).toMatchObject({ themes: ['heist'] });
    }
  });

  it.each([undefined, '', '   ', 7, null, ['x'], 'x'.repeat(1001), '\ud800', 'a\0b'])(
    '%j returns 400',
    async (query) => {
      const { status, body } = await understand(query);
      expect([status, body.errors?.[0]?.field]).toEqual([400, 'query']);
    },
  );

  it('returns its graph', async () => {
    const response = await fetch(`${api.url}/v1/query-understanding/graph`);
    const { steps } = (await response.json()) as {
      steps: { name: string; inputs: string[]; optional: boolean }[];
    };
    expect(steps.find(({ name }) => name === 'years')).toMatchObject({
      inputs: ['spelling', 'titles', 'people', 'votes', 'countryCount', 'money'],
      optional: true,
    });
    const mermaid = await fetch(`${api.url}/v1/query-understanding/graph?format=mermaid`);
    expect(mermaid.headers.get('content-type')).toContain('text/plain');
    expect(await mermaid.text()).toMatch(/^flowchart LR\n {2}query --> normalize\n/);
  });

  it('works without Redis', async () => {
    redis.freeze();
    const { status, cache, body } = await understand('heist movies');
    redis.thaw();
    expect([status, cache, body.themes]).toEqual([200, 'marquee; fwd=miss; detail=redis-away', ['heist']]);
  });

  it('handles hostile queries in bounded time', async () => {
    const hostile = ['like ', 'before after ', 'not ', '1 hour and ', 'a b c d e f ', '((', 'tom hanks '];
    for (const part of hostile) {
      const startedMs = performance.now();
      expect((await understand(part.repeat(1000).slice(0, 1000))).status).toBe(200);
      // A pattern that backtracks exponentially would take minutes.
      expect(performance.now() - startedMs).toBeLessThan(10_000);
    }
  }, 60_000);
});

describe('with a language model', () => {
  beforeEach(() => start({ ...chat.variables, QU_MODEL_TIMEOUT_MS: '300' }));

  it('requests JSON by a schema, once per query', async () => {
    const { body, cache } = await understand('Something Moody');
    expect(body).toMatchObject({
      ...modelFacts,
      query: 'Something Moody',
      normalized: 'something moody',
      degraded: [],
    });
    expect(cache).toBe('marquee; fwd=miss; stored');
    expect((await understand('something moody')).cache).toMatch(/^marquee; hit; ttl=86[34]\d\d$/);
    expect(chat.calls).toHaveLength(1);
    const [call] = chat.calls;
    expect(call).toMatchObject({
      path: '/v1/chat/completions',
      authorization: 'Bearer sk-chat-secret',
      body: {
        model: 'a-chat-model',
        temperature: 0,
        response_format: { type: 'json_schema', json_schema: { strict: true } },
      },
    });
    expect(call?.body.messages.map(({ role }) => role)).toEqual(['system', 'user']);
    expect(call?.body.messages[1]?.content).toBe('Something Moody');
    const { schema } = call?.body.response_format.json_schema ?? {};
    expect(schema?.required.toSorted()).toEqual(Object.keys(modelFacts).toSorted());
    expect(JSON.stringify(schema)).not.toMatch(/maxLength|minimum|pattern/);
  });

  it.each([
    ['late', () => undefined],
    [
      'an error',
      (response: Parameters<typeof sendCompletion>[0]) =>
        response.writeHead(400).end('{"error":{"message":"bad sk-chat-secret"}}'),
    ],
    [
      'no JSON',
      (response: Parameters<typeof sendCompletion>[0]) =>
        sendCompletion(response, 'Sure! Here are some films'),
    ],
    [
      'empty',
      (response: Parameters<typeof sendCompletion>[0]) => sendCompletion(response, null, { refusal: 'No.' }),
    ],
    [
      'an unknown genre',
      (response: Parameters<typeof sendCompletion>[0]) =>
        sendCompletion(response, JSON.stringify({ ...modelFacts, genres: ['Heist'] })),
    ],
    [
      'an extra field',
      (response: Parameters<typeof sendCompletion>[0]) =>
        sendCompletion(response, JSON.stringify({ ...modelFacts, more: 1 })),
    ],
    [
      'a year that is too late',
      (response: Parameters<typeof sendCompletion>[0]) =>
        sendCompletion(response, JSON.stringify({ ...modelFacts, years: { from: 99_999, to: null } })),
    ],
    [
      'no completion',
      (response: Parameters<typeof sendCompletion>[0]) => response.writeHead(200).end('{"choices":[]}'),
    ],
  ])(
    'falls back to the rules if the response is %s, reports and counts it, and caches nothing',
    async (_, misbehave) => {
      chat.misbehave((__, response) => {
        misbehave(response);
      });
      const { status, body, cache } = await understand('heist movies');
      expect([status, cache]).toEqual([200, 'marquee; fwd=miss']);
      expect(body).toMatchObject({ themes: ['heist'], degraded: ['model'] });
      expect(await redis.redis.exists(keyOf('heist movies'))).toBe(0);
      expect(await metrics()).toMatch(
        /marquee_understanding_step_duration_seconds_count\{step="model",outcome="(failed|timeout)"\} 1/,
      );
      expect((await understand('heist movies')).body).toMatchObject({ ...modelFacts, degraded: [] });
    },
  );
});

describe('shadow runs', () => {
  it('compare a share of the hits with new documents', async () => {
    await start({ QU_SHADOW_SHARE: '1' });
    await understand('heist movies');
    await understand('heist movies');
    await until('it is the same', async () =>
      (await metrics()).includes('marquee_understanding_shadow_runs_total{result="same"} 1'),
    );
    const stored = JSON.parse((await redis.redis.get(keyOf('heist movies'))) ?? '') as Understanding;
    await redis.redis.set(keyOf('heist movies'), JSON.stringify({ ...stored, moods: ['stale'] }), 'EX', 100);
    await understand('heist movies');
    await until('it differs', async () =>
      (await metrics()).includes('marquee_understanding_shadow_disagreements_total{field="moods"} 1'),
    );
  });
});
