import { createHash } from 'node:crypto';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from '@jest/globals';
import { encode } from 'gpt-tokenizer/encoding/cl100k_base';
import OpenAI from 'openai';
import { startApi, type TestApi } from '../fixtures/api.js';
import { sendJson } from '../fixtures/fake-upstream.js';
import { embeddingsResponse, OpenAiUpstream, vectorOf } from '../fixtures/openai-upstream.js';
import { TestRedisServer } from '../fixtures/redis-server.js';

const model = 'text-embedding-3-small';
const dimensions = 1536;

const keyOf = (text: string, modelPart = model): string =>
  `prod:emb:${modelPart}:${createHash('sha256').update(text, 'utf8').digest('hex')}`;

/** Python's `struct.pack(f">{len(v)}f", *v)`. */
function pythonPack(vector: ArrayLike<number>): Buffer {
  const bytes = Buffer.alloc(vector.length * 4);
  Array.from(vector).forEach((value, index) => bytes.writeFloatBE(value, index * 4));
  return bytes;
}

/** Python's `struct.unpack(f">{n}f", data)`. */
const pythonUnpack = (bytes: Buffer): number[] =>
  Array.from({ length: bytes.length / 4 }, (_, index) => bytes.readFloatBE(index * 4));

describe('POST /v1/embeddings', () => {
  let redis: TestRedisServer;
  let upstream: OpenAiUpstream;
  let api: TestApi;
  let openai: OpenAI;

  beforeAll(async () => {
    [redis, upstream] = await Promise.all([TestRedisServer.start(), OpenAiUpstream.start()]);
    api = await startApi({
      REDIS_URL: redis.url,
      // On a busy machine, a hit must not become a miss.
      REDIS_BUDGET_MS: '2000',
      REDIS_SOCKET_TIMEOUT_MS: '10000',
      OPENAI_BASE_URL: upstream.baseUrl,
      OPENAI_API_KEY: 'sk-test',
      UPSTREAM_RETRY_ATTEMPTS: '1',
      // These tests read Redis directly. The local tier has its own tests.
      CACHE_LOCAL_BYTES: '0',
    });
    openai = new OpenAI({ baseURL: `${api.url}/v1`, apiKey: 'unused', maxRetries: 0 });
  });

  afterAll(async () => {
    await api.close();
    await Promise.all([redis.stop(), upstream.stop()]);
  });

  beforeEach(async () => {
    upstream.reset();
    await redis.redis.flushall();
  });

  const embed = async (input: OpenAI.EmbeddingCreateParams['input'], more: Record<string, unknown> = {}) => {
    const response = await api.post('/v1/embeddings', { model, input, ...more });
    return { response, body: (await response.json()) as OpenAI.CreateEmbeddingResponse };
  };

  describe("through OpenAI's SDK with its default settings", () => {
    it('embeds one text, the second time from Redis', async () => {
      const first = await openai.embeddings.create({ model, input: 'Heat' });
      const second = await openai.embeddings.create({ model, input: 'Heat' });
      expect(first.data[0]?.embedding).toEqual(Array.from(vectorOf('Heat', dimensions)));
      expect(second.data).toEqual(first.data);
      expect(first.usage).toEqual({ prompt_tokens: 3, total_tokens: 3 });
      expect(upstream.calls).toHaveLength(1);
      expect(upstream.calls[0]).toMatchObject({ path: '/v1/embeddings', authorization: 'Bearer sk-test' });
    });

    it('embeds 2,048 texts in order, the second time from Redis', async () => {
      const input = Array.from({ length: 2048 }, (_, index) => `film ${index}`);
      const first = await openai.embeddings.create({ model, input });
      const second = await openai.embeddings.create({ model, input });
      expect(first.data.map(({ index }) => index)).toEqual(input.map((_, index) => index));
      for (const position of [0, 1, 1023, 2047]) {
        expect(first.data[position]?.embedding).toEqual(Array.from(vectorOf(`film ${position}`, dimensions)));
      }
      // Jest takes ten seconds to compare three million numbers.
      expect(JSON.stringify(second.data) === JSON.stringify(first.data)).toBe(true);
      expect(upstream.textsReceived).toEqual(input);
    });

    it('requests repeated texts once', async () => {
      const input = ['a', 'b', 'a', 'c', 'b', 'a'];
      const { data } = await openai.embeddings.create({ model, input });
      expect(data.map(({ embedding }) => embedding)).toEqual(
        input.map((text) => Array.from(vectorOf(text, dimensions))),
      );
      expect(upstream.textsReceived).toEqual(['a', 'b', 'c']);
    });

    it('passes token arrays upstream unchanged, and serves them from Redis the second time', async () => {
      const input = [
        [9707, 11],
        [64, 568, 380],
        [9707, 11],
      ];
      const first = await openai.embeddings.create({ model, input });
      const second = await openai.embeddings.create({ model, input: [64, 568, 380] });
      expect(first.data.map(({ embedding }) => embedding)).toEqual(
        input.map((tokens) => Array.from(vectorOf(tokens, dimensions))),
      );
      expect(second.data[0]?.embedding).toEqual(first.data[1]?.embedding);
      expect(upstream.calls.map(({ body: { input: sent } }) => sent)).toEqual([
        [
          [9707, 11],
          [64, 568, 380],
        ],
      ]);
    });

    it('shows the error message', async () => {
      await expect(openai.embeddings.create({ model: 'gpt-4', input: 'a' })).rejects.toMatchObject({
        status: 404,
        code: 'model_not_found',
        param: 'model',
        message: expect.stringContaining('The model "gpt-4" is not available'),
      });
    });
  });

  it('requests only missing texts and keeps the order', async () => {
    await embed(['b', 'd']);
    const { response, body } = await embed(['a', 'b', 'c', 'd'], { encoding_format: 'float' });
    expect(upstream.calls.map(({ body: { input } }) => input)).toEqual([
      ['b', 'd'],
      ['a', 'c'],
    ]);
    expect(body.data.map(({ embedding }) => embedding)).toEqual(
      ['a', 'b', 'c', 'd'].map((text) => Array.from(vectorOf(text, dimensions))),
    );
    expect(response.headers.get('cache-status')).toBe('marquee; fwd=partial; stored');
  });

  it("stores vectors for seven days in the format of Python's struct.unpack", async () => {
    await embed('Heat');
    const bytes = await redis.redis.getBuffer(keyOf('Heat'));
    expect(pythonUnpack(bytes as Buffer)).toEqual(Array.from(vectorOf('Heat', dimensions)));
    const ttl = await redis.redis.ttl(keyOf('Heat'));
    expect(ttl).toBeGreaterThan(604_790);
    expect(ttl).toBeLessThanOrEqual(604_800);
  });

  it("serves vectors that Python's struct.pack wrote", async () => {
    const vector = vectorOf('of another program', dimensions);
    await redis.redis.set(keyOf('Ronin'), pythonPack(vector));
    const { response, body } = await embed('Ronin');
    expect(body.data[0]?.embedding).toEqual(Array.from(vector));
    expect(response.headers.get('cache-status')).toBe('marquee; hit');
    expect(body.usage.total_tokens).toBe(0);
    expect(upstream.calls).toHaveLength(0);
  });

  it.each([
    ['too short', () => redis.redis.set(keyOf('Heat'), Buffer.alloc(4))],
    ['too long', () => redis.redis.set(keyOf('Heat'), Buffer.alloc(dimensions * 4 + 4))],
    ['not of whole floats', () => redis.redis.set(keyOf('Heat'), 'abc')],
    ['empty', () => redis.redis.set(keyOf('Heat'), '')],
    [
      'NaN',
      () =>
        redis.redis.set(
          keyOf('Heat'),
          pythonPack([Number.NaN, ...new Array<number>(dimensions - 1).fill(0)]),
        ),
    ],
    ['a hash', () => redis.redis.hset(keyOf('Heat'), 'field', 'value')],
    ['a list', () => redis.redis.rpush(keyOf('Heat'), 'value')],
  ])('replaces a stored value that is %s', async (_, plant) => {
    await plant();
    const { body } = await embed('Heat');
    expect(body.data[0]?.embedding).toEqual(Array.from(vectorOf('Heat', dimensions)));
    const bytes = await redis.redis.getBuffer(keyOf('Heat'));
    expect(pythonUnpack(bytes as Buffer)).toEqual(body.data[0]?.embedding);
    expect(await redis.redis.ttl(keyOf('Heat'))).toBeGreaterThan(0);
  });

  it('keeps the first of two concurrent writes', async () => {
    const firstWriter = vectorOf('first', dimensions);
    upstream.misbehave((call, response) => {
      void redis.redis
        .set(keyOf('Heat'), pythonPack(firstWriter), 'EX', 100)
        .then(() => sendJson(response, 200, embeddingsResponse(call, dimensions)));
    });
    await embed('Heat');
    expect(pythonUnpack((await redis.redis.getBuffer(keyOf('Heat'))) as Buffer)).toEqual(
      Array.from(firstWriter),
    );
  });

  it('stores token arrays under the documented key, separate from similar texts', async () => {
    await embed([[9707, 11]]);
    // Python's hashlib.sha256(b"\xff" + struct.pack(">2I", 9707, 11)).hexdigest()
    const canonical = Buffer.from('ff000025eb0000000b', 'hex');
    const key = `prod:emb:${model}:${createHash('sha256').update(canonical).digest('hex')}`;
    expect(await redis.redis.keys('*')).toEqual([key]);
    expect(pythonUnpack((await redis.redis.getBuffer(key)) as Buffer)).toEqual(
      Array.from(vectorOf([9707, 11], dimensions)),
    );
    await embed(['[9707,11]', '9707,11', canonical.toString('latin1').replaceAll('\0', '')]);
    expect(await redis.redis.dbsize()).toBe(4);
  });

  it('splits token arrays that exceed the limits of one upstream call', async () => {
    const tokens = (start: number) => Array.from({ length: 8000 }, (_, index) => start + index);
    const input = Array.from({ length: 37 }, (_, index) => tokens(index));
    const { response } = await embed(input);
    expect(response.status).toBe(200);
    const sizes = upstream.calls.map(({ body: { input: sent } }) =>
      sent.reduce((sum, { length }) => sum + length, 0),
    );
    expect(Math.max(...sizes)).toBeLessThanOrEqual(300_000);
    expect(upstream.textsReceived).toHaveLength(37);
  });

  it('keeps working after SCRIPT FLUSH', async () => {
    await embed('a');
    await redis.redis.script('FLUSH');
    await embed(['b', 'c']);
    await embed(['b', 'c']);
    expect(upstream.textsReceived).toEqual(['a', 'b', 'c']);
  });

  it('caches shortened vectors separately', async () => {
    const { body } = await embed('Heat', { dimensions: 256 });
    expect(body.data[0]?.embedding).toHaveLength(256);
    expect(await redis.redis.exists(keyOf('Heat', `${model}@256`))).toBe(1);
    await embed('Heat', { dimensions: 1536 });
    expect(await redis.redis.exists(keyOf('Heat'))).toBe(1);
    expect(upstream.calls.map(({ body: { dimensions: asked } }) => asked)).toEqual([256, undefined]);
  });

  it('returns base64 as little-endian float32', async () => {
    const { body } = await embed('Heat', { encoding_format: 'base64' });
    const bytes = Buffer.from(body.data[0]?.embedding as unknown as string, 'base64');
    expect(bytes.readFloatLE(0)).toBe(vectorOf('Heat', dimensions)[0]);
    expect(bytes).toHaveLength(dimensions * 4);
  });

  it('lists the available models', async () => {
    const models = await openai.models.list();
    expect(models.data.map(({ id }) => id)).toEqual([
      model,
      'text-embedding-3-large',
      'text-embedding-ada-002',
    ]);
  });

  describe('with a misbehaving upstream', () => {
    type Data = ReturnType<typeof embeddingsResponse>;
    const withAnswer = (change: (body: Data) => unknown) =>
      upstream.misbehave((call, response) =>
        sendJson(response, 200, change(embeddingsResponse(call, dimensions))),
      );

    it.each<[string, (body: Data) => unknown]>([
      ['one vector too few', (body) => ({ ...body, data: body.data.slice(1) })],
      ['an index twice', (body) => ({ ...body, data: body.data.map((entry) => ({ ...entry, index: 0 })) })],
      [
        'an index out of range',
        (body) => ({ ...body, data: body.data.map((entry) => ({ ...entry, index: entry.index + 1 })) }),
      ],
      [
        'too few dimensions',
        (body) => ({ ...body, data: body.data.map((entry) => ({ ...entry, embedding: [1, 2, 3] })) }),
      ],
      [
        'a number too large for float32',
        (body) => ({
          ...body,
          data: body.data.map((entry) => ({
            ...entry,
            embedding: new Array<number>(dimensions).fill(1e300),
          })),
        }),
      ],
      ['no list at all', () => ({ hello: 'world' })],
    ])('returns 502 and stores nothing for %s', async (_, change) => {
      withAnswer(change);
      const { response, body } = await embed(['a', 'b']);
      expect(response.status).toBe(502);
      expect(body).toMatchObject({
        error: { type: 'server_error', message: expect.stringMatching(/unusable/) },
      });
      expect(await redis.redis.keys('prod:emb:*')).toEqual([]);
    });

    it('aborts a response that is larger than the request allows', async () => {
      withAnswer((body) => ({ ...body, padding: 'x'.repeat(1_000_000) }));
      const { response, body } = await embed(['a', 'b']);
      expect(response.status).toBe(502);
      expect(JSON.stringify(body)).toMatch(/the response is larger than \d+ bytes/);
      expect(await redis.redis.keys('prod:emb:*')).toEqual([]);
    });

    it('accepts vectors that are out of order', async () => {
      withAnswer((body) => ({ ...body, data: body.data.toReversed() }));
      const { body } = await embed(['a', 'b']);
      expect(body.data[0]?.embedding).toEqual(Array.from(vectorOf('a', dimensions)));
    });

    it('retries after a 429, not before Retry-After', async () => {
      const times: number[] = [];
      upstream.misbehave(
        (_, response) => {
          times.push(performance.now());
          sendJson(response, 429, { error: { message: 'slow down' } }, { 'retry-after': '1' });
        },
        (call, response) => {
          times.push(performance.now());
          sendJson(response, 200, embeddingsResponse(call, dimensions));
        },
      );
      const { response } = await embed('a');
      expect(response.status).toBe(200);
      expect((times[1] as number) - (times[0] as number)).toBeGreaterThanOrEqual(995);
    });

    it('names the failure without the API key', async () => {
      upstream.misbehave((_, response) =>
        sendJson(response, 401, { error: { message: 'Incorrect API key provided: sk-test.' } }),
      );
      const { response, body } = await embed('a');
      expect(response.status).toBe(502);
      expect(JSON.stringify(body)).toContain('HTTP 401: Incorrect API key provided: [redacted]');
      expect(JSON.stringify(body)).not.toContain('sk-test');
      expect(upstream.calls).toHaveLength(1);
    });
  });
});

describe('POST /v1/embeddings with the local model', () => {
  let redis: TestRedisServer;
  let api: TestApi;

  beforeAll(async () => {
    redis = await TestRedisServer.start();
    api = await startApi({ REDIS_URL: redis.url });
  });

  afterAll(async () => {
    await api.close();
    await redis.stop();
  });

  const cosine = (a: readonly number[], b: readonly number[]): number =>
    a.reduce((sum, value, index) => sum + value * (b[index] as number), 0);

  it('returns unit vectors, closer for similar sentences than for unrelated ones', async () => {
    const openai = new OpenAI({ baseURL: `${api.url}/v1`, apiKey: 'unused', maxRetries: 0 });
    const { data, model, usage } = await openai.embeddings.create({
      model: 'text-embedding-3-small',
      input: ['a detective hunts a bank robber', 'a policeman chases a thief', 'recipes for apple pie'],
    });
    const [detective, policeman, pie] = data.map(({ embedding }) => embedding) as [
      number[],
      number[],
      number[],
    ];
    expect(cosine(detective, policeman)).toBeGreaterThan(cosine(detective, pie) + 0.1);
    expect(cosine(pie, pie)).toBeCloseTo(1, 5);
    expect(model).toBe('universal-sentence-encoder-lite');
    expect(usage.total_tokens).toBeGreaterThan(0);
    expect(await redis.redis.strlen(keyOf('recipes for apple pie', model))).toBe(512 * 4);
  });

  it('shortens to unit vectors and rejects more dimensions than it has', async () => {
    const shorter = await api.post('/v1/embeddings', {
      model: 'universal-sentence-encoder-lite',
      input: 'a',
      dimensions: 64,
    });
    const { data } = (await shorter.json()) as OpenAI.CreateEmbeddingResponse;
    const vector = data[0]?.embedding as number[];
    expect(vector).toHaveLength(64);
    expect(cosine(vector, vector)).toBeCloseTo(1, 5);
    const longer = await api.post('/v1/embeddings', {
      model: 'universal-sentence-encoder-lite',
      input: 'a',
      dimensions: 513,
    });
    expect(longer.status).toBe(400);
    expect(await longer.json()).toMatchObject({ error: { param: 'dimensions' } });
  });

  it('explains the available dimensions and how to get more if a substitute model has too few', async () => {
    const openai = new OpenAI({ baseURL: `${api.url}/v1`, apiKey: 'unused', maxRetries: 0 });
    const asked = openai.embeddings.create({ model, input: 'Heat', dimensions: 1536 });
    await expect(asked).rejects.toMatchObject({
      status: 400,
      param: 'dimensions',
      message: expect.stringMatching(
        /"universal-sentence-encoder-lite", which replaces "text-embedding-3-small", has 512 dimensions.*not 1536.*OPENAI_API_KEY.*OPENAI_BASE_URL/,
      ),
    });
  });

  describe('with token arrays, as the Python client of LangChain sends them', () => {
    const text = 'a heist in Los Angeles — “ñ” 日本語 👩‍👩‍👧';

    it('embeds the decoded text and caches it under the key of the text', async () => {
      const openai = new OpenAI({ baseURL: `${api.url}/v1`, apiKey: 'unused', maxRetries: 0 });
      const tokens = await openai.embeddings.create({ model, input: [encode(text), encode('Ronin')] });
      const texts = await openai.embeddings.create({ model, input: [text, 'Ronin'] });
      const flat = await openai.embeddings.create({ model, input: encode('Ronin') });
      expect(tokens.data).toEqual(texts.data);
      expect(flat.data[0]?.embedding).toEqual(texts.data[1]?.embedding);
      expect(texts.usage.total_tokens).toBe(0);
      expect(await redis.redis.strlen(keyOf(text, 'universal-sentence-encoder-lite'))).toBe(512 * 4);
    });

    it.each([
      ['in a list', [[9707], [9707, 999_999]], 'Item 1 of "input" contains the token 999999 at position 1'],
      ['alone', [100_256], 'Item 0 of "input" contains the token 100256 at position 0'],
    ])('names a token that is not in the vocabulary: %s', async (_, input, message) => {
      const response = await api.post('/v1/embeddings', { model, input });
      expect(response.status).toBe(400);
      expect(await response.json()).toMatchObject({
        error: { param: 'input', message: expect.stringContaining(message) },
      });
    });
  });
});
