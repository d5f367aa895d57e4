import { connect } from 'node:net';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from '@jest/globals';
import { startApi, type TestApi } from '../fixtures/api.js';
import { OpenAiUpstream } from '../fixtures/openai-upstream.js';
import { writePolicies } from '../fixtures/policies.js';
import { TestRedisServer } from '../fixtures/redis-server.js';

const model = 'text-embedding-3-small';

describe('faulty requests', () => {
  let redis: TestRedisServer;
  let upstream: OpenAiUpstream;
  let api: TestApi;

  beforeAll(async () => {
    [redis, upstream] = await Promise.all([TestRedisServer.start(), OpenAiUpstream.start()]);
    api = await startApi({
      REDIS_URL: redis.url,
      OPENAI_BASE_URL: upstream.baseUrl,
      HTTP_BODY_LIMIT_BYTES: '1000000',
      // Invalid requests are rejected without Redis; the rate limiter, which does use it, is not under test.
      RATE_LIMIT_POLICIES_FILE: writePolicies([]),
    });
  });

  afterAll(async () => {
    await api.close();
    await Promise.all([redis.stop(), upstream.stop()]);
  });

  let getsBefore: string;
  const redisCommands = async (): Promise<string> => {
    const stats = await redis.redis.info('commandstats');
    return [...stats.matchAll(/^cmdstat_(?:mget|get|set):calls=\d+/gm)].join();
  };

  beforeEach(async () => {
    upstream.reset();
    getsBefore = await redisCommands();
  });

  it.each<[string, unknown, number, string]>([
    ['no body', '', 400, 'body'],
    ['bad JSON', '{"model": "x", ', 400, 'body'],
    ['JSON that is no object', '[]', 400, 'body'],
    ['null', 'null', 400, 'body'],
    ['bytes that are not UTF-8', new Uint8Array([0x7b, 0x22, 0xff, 0x22, 0x3a, 0x31, 0x7d]), 400, 'body'],
    ['too many levels', `${'['.repeat(100)}${']'.repeat(100)}`, 400, 'body'],
    ['a huge body', JSON.stringify({ model, input: 'x'.repeat(1_000_001) }), 413, 'body'],
    ['__proto__', '{"__proto__": {"a": 1}, "model": "x", "input": "a"}', 400, 'body'],
    ['no input', { model }, 400, 'input'],
    ['an empty text', { model, input: '' }, 400, 'input[0]'],
    ['an empty array', { model, input: [] }, 400, 'input'],
    ['an empty text among others', { model, input: ['a', ''] }, 400, 'input[1]'],
    ['a number', { model, input: 42 }, 400, 'input'],
    ['null as input', { model, input: null }, 400, 'input'],
    ['an object as input', { model, input: { length: 1 } }, 400, 'input'],
    ['mixed types', { model, input: ['a', 1] }, 400, 'input[1]'],
    ['text among tokens', { model, input: [1, 'a'] }, 400, 'input[1]'],
    ['a token that is no whole number', { model, input: [[1], [2, 1.5]] }, 400, 'input[1][1]'],
    ['a negative token', { model, input: [1, 2, -3] }, 400, 'input[2]'],
    ['a token beyond any vocabulary', { model, input: [[2_147_483_648]] }, 400, 'input[0][0]'],
    ['null as a token', { model, input: [[1, null]] }, 400, 'input[0][1]'],
    ['an empty token array', { model, input: [[1], []] }, 400, 'input[1]'],
    ['text among token arrays', { model, input: [[1], 'a'] }, 400, 'input[1]'],
    ['8,193 tokens', { model, input: [[1], new Array<number>(8193).fill(1)] }, 400, 'input[1]'],
    ['8,193 tokens at the top', { model, input: new Array<number>(8193).fill(1) }, 400, 'input'],
    ['2,049 token arrays', { model, input: Array.from({ length: 2049 }, () => [1]) }, 400, 'input'],
    [
      'more than 300,000 tokens in all',
      { model, input: Array.from({ length: 37 }, () => new Array<number>(8192).fill(1)) },
      400,
      'input[36]',
    ],
    ['2,049 texts', { model, input: new Array<string>(2049).fill('a') }, 400, 'input'],
    ['a text too long', { model, input: 'x'.repeat(32_769) }, 400, 'input[0]'],
    ['NUL', { model, input: 'a\0b' }, 400, 'input[0]'],
    ['a lone surrogate', `{"model": "${model}", "input": "a\\ud800"}`, 400, 'input[0]'],
    ['no model', { input: 'a' }, 400, 'model'],
    ['a model that is no string', { model: 1, input: 'a' }, 400, 'model'],
    ['a model that is not served', { model: 'x:y', input: 'a' }, 404, 'model'],
    ['an unknown encoding', { model, input: 'a', encoding_format: 'int8' }, 400, 'encoding_format'],
    ['dimensions of zero', { model, input: 'a', dimensions: 0 }, 400, 'dimensions'],
    ['dimensions that are no whole number', { model, input: 'a', dimensions: 1.5 }, 400, 'dimensions'],
    ['dimensions as text', { model, input: 'a', dimensions: '256' }, 400, 'dimensions'],
    ['more dimensions than there are', { model, input: 'a', dimensions: 1537 }, 400, 'dimensions'],
    ['an unknown field', { model, input: 'a', inputs: 'b' }, 400, 'body'],
  ])('%s', async (_, body, status, param) => {
    const response = await api.post('/v1/embeddings', body);
    const { error } = (await response.json()) as { error: { message: string; param: string; type: string } };
    expect([response.status, error.param, error.type]).toEqual([status, param, 'invalid_request_error']);
    expect(error.message.length).toBeGreaterThan(10);
    expect(upstream.calls).toEqual([]);
    expect(await redisCommands()).toEqual(getsBefore);
  });

  it('returns 415 that names the field for another media type', async () => {
    const response = await fetch(`${api.url}/v1/embeddings`, {
      method: 'POST',
      body: 'a=b',
      headers: { 'content-type': 'text/plain' },
    });
    expect(response.status).toBe(415);
    expect(await response.json()).toMatchObject({ error: { param: 'content-type' } });
  });

  it('returns problem details on all other routes', async () => {
    const response = await fetch(`${api.url}/v1/nothing-here`, { headers: { 'x-request-id': 'my-id-1' } });
    expect(response.status).toBe(404);
    expect(response.headers.get('content-type')).toMatch('application/problem+json');
    expect(response.headers.get('x-request-id')).toBe('my-id-1');
    expect(await response.json()).toEqual({
      type: 'urn:marquee:problem:http',
      title: 'Not found',
      status: 404,
      detail: 'Cannot GET /v1/nothing-here',
      instance: 'urn:marquee:request:my-id-1',
    });
  });

  it('replaces a request id that could forge a log line', async () => {
    const response = await fetch(`${api.url}/health/live`, { headers: { 'x-request-id': 'a b"c' } });
    expect(response.headers.get('x-request-id')).toMatch(/^[\da-f-]{36}$/);
  });

  it('returns a problem for a URL that cannot be decoded', async () => {
    const response = await fetch(`${api.url}/%ff`);
    expect(response.status).toBe(400);
    expect(response.headers.get('x-request-id')).toBeTruthy();
    expect(await response.json()).toMatchObject({ type: 'urn:marquee:problem:invalid-request', status: 400 });
  });

  it('returns a short response to thousands of unknown fields', async () => {
    const many = Object.fromEntries(Array.from({ length: 20_000 }, (_, index) => [`field-${index}`, 1]));
    const response = await api.post('/v1/embeddings', { model, input: 'a', ...many });
    const text = await response.text();
    expect(response.status).toBe(400);
    expect(text).toContain('and 19990 more');
    expect(text.length).toBeLessThan(1000);
  });

  it('returns 400 and closes the connection on invalid HTTP', async () => {
    const { hostname, port } = new URL(api.url);
    const socket = connect(Number(port), hostname);
    socket.write('\x16\x03\x01 hello\r\n\r\n');
    const chunks: string[] = [];
    for await (const chunk of socket) chunks.push(String(chunk));
    expect(chunks.join('')).toMatch(
      /^HTTP\/1.1 400 Bad Request[^]+X-Request-Id: [^]+urn:marquee:problem:invalid-http/,
    );
  });
});
