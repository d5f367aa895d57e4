import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, afterEach, beforeAll, describe, expect, it } from '@jest/globals';
import { startApi, type TestApi } from '../fixtures/api.js';
import { makeKey } from '../fixtures/api-keys.js';
import { RawHttp } from '../fixtures/raw-http.js';
import { TestRedisServer } from '../fixtures/redis-server.js';
import { until } from '../fixtures/until.js';

const megabyte = 1_048_576;
const [acme, globex] = [makeKey('acme'), makeKey('globex')];
const json = { 'content-type': 'application/json' };
let redis: TestRedisServer;
let folder: string;
let api: TestApi;

beforeAll(async () => {
  redis = await TestRedisServer.start();
  folder = mkdtempSync(join(tmpdir(), 'marquee-request-bodies-'));
});
afterAll(async () => {
  rmSync(folder, { recursive: true });
  await redis.stop();
});
afterEach(async () => {
  await api.close();
  await redis.redis.flushall();
});

const file = (name: string, content: unknown): string => {
  const path = join(folder, name);
  writeFileSync(path, JSON.stringify(content));
  return path;
};
const start = async (variables: Record<string, string> = {}): Promise<void> => {
  api = await startApi({
    REDIS_URL: redis.url,
    REDIS_BUDGET_MS: '2000',
    API_KEYS_FILE: file('keys.json', [acme.entry, globex.entry]),
    ...variables,
  });
};
const withPolicies = (...policies: Record<string, unknown>[]): Record<string, string> => ({
  RATE_LIMIT_POLICIES_FILE: file('policies.json', {
    policies,
    plans: { default: policies.map(({ name }) => name) },
  }),
});
const raw = (): RawHttp => new RawHttp(api.url);
const as = ({ key }: { key: string }) => ({ ...json, 'x-api-key': key });
/** Sends only the header of a request, and returns the status that the header alone determines. */
const statusOfHead = async (line: string, fields: Record<string, string | number>): Promise<number> => {
  const { status, text } = await raw().head(line, fields).closed;
  expect(text.toLowerCase()).toContain('connection: close');
  expect(text).toMatch(/application\/(problem\+)?json/);
  return status;
};

describe('an unwanted body', () => {
  it('is rejected by the request header alone, and the connection is closed', async () => {
    await start();
    const large = { ...json, 'content-length': 8 * megabyte };
    const known = { ...as(acme), 'content-length': 8 * megabyte };
    expect(await statusOfHead('POST /v1/embeddings', large)).toBe(401);
    expect(await statusOfHead('POST /v1/embeddings', { ...large, 'x-api-key': 'mq_wrong' })).toBe(401);
    expect(await statusOfHead('PUT /v1/trending', known)).toBe(403);
    expect(await statusOfHead('POST /v1/nothing', known)).toBe(404);
    expect(await statusOfHead('POST /v1/sessions', known)).toBe(413);
    expect(await statusOfHead('POST /v1/embeddings', { ...known, 'content-length': 8 * megabyte + 1 })).toBe(
      413,
    );
    expect(await statusOfHead('POST /v1/embeddings', { ...known, 'content-type': 'text/plain' })).toBe(415);
    expect(await statusOfHead('GET /v1/trending', known)).toBe(400);
    expect(await statusOfHead('POST /v1/embeddings', { ...json, 'transfer-encoding': 'chunked' })).toBe(401);
  });

  it('is rejected without keys if a page of another site sends it', async () => {
    await start({ API_KEYS_FILE: '' });
    const large = { ...json, 'content-length': 8 * megabyte };
    expect(await statusOfHead('POST /v1/embeddings', { ...large, origin: 'https://evil.example' })).toBe(403);
    expect(await statusOfHead('POST /v1/embeddings', { ...large, host: 'evil.example' })).toBe(403);
  });

  it('gets no 100 Continue, while a wanted body does', async () => {
    await start();
    const expecting = { ...json, 'content-length': 13, expect: '100-continue' };
    const refused = await raw().head('POST /v1/sessions', expecting).closed;
    expect(refused.text).toMatch(/^HTTP\/1\.1 401 /);
    const wanted = raw().head('POST /v1/sessions', { ...expecting, ...as(acme) });
    await until('the body is asked for', () => wanted.text.startsWith('HTTP/1.1 100 Continue'));
    wanted.write('{"userId":"a"');
    await until('it is answered', () => wanted.answer.status === 400);
    wanted.close();
    const other = await raw().head('POST /v1/sessions', { ...expecting, expect: 'more' }).closed;
    expect(other.text).toMatch(/^HTTP\/1\.1 417 [^]*urn:marquee:problem:expectation-failed/);
  });

  it('does not prevent the client from receiving the response, even if it sends everything', async () => {
    await start();
    const body = Buffer.alloc(8 * megabyte, 0x20);
    const answers = await Promise.all(
      Array.from(
        { length: 10 },
        () =>
          raw()
            .head('POST /v1/embeddings', { ...json, 'content-length': body.length })
            .write(body).closed,
      ),
    );
    expect(answers.map(({ status }) => status)).toEqual(Array(10).fill(401));
  });

  it('is never parsed as the next request', async () => {
    await start();
    const smuggled = 'GET /health/live HTTP/1.1\r\nhost: localhost\r\n\r\n';
    const fields = { ...json, 'content-length': smuggled.length, connection: 'close' };
    const { text } = await raw().head('POST /v1/embeddings', fields).write(smuggled).closed;
    expect(text.match(/HTTP\/1\.1/g)).toHaveLength(1);
  });
});

describe('pipelined requests', () => {
  it('are served up to a maximum, beyond which the connection is closed', async () => {
    await start();
    const line = 'GET /health/live HTTP/1.1\r\nhost: localhost\r\n\r\n';
    const few = raw().write(line.repeat(30));
    await until('all are answered', () => few.text.match(/HTTP\/1\.1 200/g)?.length === 30);
    few.close();
    const { text } = await raw().write(line.repeat(2_000)).closed;
    expect(text.match(/HTTP\/1\.1 200/g)?.length ?? 0).toBeLessThan(200);
  });
});

describe('a received body', () => {
  it('is limited in size by its route, even without an announced length', async () => {
    await start();
    const chunked = { ...as(acme), 'transfer-encoding': 'chunked' };
    const upload = raw().head('POST /v1/query-understanding', chunked).chunk(' '.repeat(300_000));
    expect((await upload.closed).status).toBe(413);
    const within = raw()
      .head('POST /v1/query-understanding', chunked)
      .chunk(' '.repeat(200_000))

      .chunk('{"query":"heist"}')
      .write('0\r\n\r\n');
    await until('it is answered', () => within.answer.status === 200);
    within.close();
  });

  it('is limited in depth and width before it is complete', async () => {
    await start();
    const fields = { ...as(acme), 'content-length': 8 * megabyte };
    for (const [content, detail] of [
      ['['.repeat(33), 'nested deeper than 32 levels'],
      ['['.concat('1,'.repeat(400_000)), 'contains more than 310000 values'],
      ['['.concat('{},'.repeat(30_000)), 'contains more than 25000 objects, arrays and fields'],
    ] as const) {
      const { status, text } = await raw().head('POST /v1/embeddings', fields).write(content).closed;
      expect([status, text]).toEqual([400, expect.stringContaining(detail)]);
    }
  });

  it('times out when it stalls', async () => {
    await start();
    const upload = raw()
      .head('POST /v1/sessions', { ...as(acme), 'content-length': 100 })
      .write('{');
    const { status, text } = await upload.closed;
    expect(status).toBe(408);
    expect(text).toContain('urn:marquee:problem:body-timeout');
  });

  it('leaves buffer space for other clients', async () => {
    await start({ HTTP_RECEIVE_BUFFER_BYTES: String(8 * megabyte) });
    const fields = { ...as(acme), 'content-length': 3 * megabyte };
    const held = raw().head('POST /v1/embeddings', fields).write('{');
    await until('the first is being received', async () => {
      const second = await raw().head('POST /v1/embeddings', fields).closed;
      return second.status === 429 && /retry-after: 1/i.test(second.text);
    });
    const other = await api.app.inject({
      method: 'POST',
      url: '/v1/query-understanding',
      headers: as(globex),
      payload: { query: 'heist' },
    });
    expect(other.statusCode).toBe(200);
    const tooMuch = { ...as(globex), 'content-length': 6 * megabyte };
    expect((await raw().head('POST /v1/embeddings', tooMuch).closed).status).toBe(503);
    held.close();
    await until('the room is given back', async () => {
      const upload = raw().head('POST /v1/embeddings', tooMuch).write('['.repeat(40));
      return (await upload.closed).status === 400;
    });
  });

  it('is charged even if it is rejected', async () => {
    await start(withPolicies({ name: 'few', quota: 3, windowSeconds: 60 }));
    const statuses: number[] = [];
    const bodies = ['{', '['.repeat(40), '{'];
    for (const body of bodies)
      statuses.push(
        (await fetch(`${api.url}/v1/sessions`, { method: 'POST', headers: as(acme), body })).status,
      );
    expect(statuses).toEqual([400, 400, 400]);
    const { status } = await fetch(`${api.url}/v1/trending`, { headers: as(acme) });
    expect(status).toBe(429);
  });
});

describe('quotas of bytes', () => {
  const bytes = { name: 'bytes', unit: 'content-bytes', quota: 100_000, windowSeconds: 600 };
  const used = async (): Promise<number> => {
    const { policies } = (await (await fetch(`${api.url}/v1/rate-limit`, { headers: as(acme) })).json()) as {
      policies: { remaining: number }[];
    };
    return bytes.quota - (policies[0]?.remaining ?? 0);
  };
  const chunked = () => ({ ...as(acme), 'transfer-encoding': 'chunked' });

  it('hold for chunked bodies: 50 of 10,000 bytes at once pass ten times', async () => {
    await start(withPolicies(bytes));
    const text = `{"query":"${'heist '.repeat(10)}"${' '.repeat(9_900)}}`;
    const uploads = Array.from({ length: 50 }, () => {
      const upload = raw().head('POST /v1/query-understanding', { ...chunked(), connection: 'close' });
      for (let offset = 0; offset < text.length; offset += 1_000)
        upload.chunk(text.slice(offset, offset + 1_000));
      return upload.write('0\r\n\r\n').closed;
    });
    const statuses = (await Promise.all(uploads)).map(({ status }) => status);
    expect(statuses.filter((status) => status === 200)).toHaveLength(Math.floor(bytes.quota / text.length));
    expect(new Set(statuses)).toEqual(new Set([200, 429]));
  });

  it('are charged before reading if the length is announced', async () => {
    await start(withPolicies(bytes));
    const fields = { ...as(acme), 'content-length': 90_000 };
    const held = raw().head('POST /v1/embeddings', fields);
    await until('it is charged', async () => (await used()) >= 89_000);
    const { status, text } = await raw().head('POST /v1/embeddings', fields).closed;
    expect([status, text]).toEqual([429, expect.stringMatching(/retry-after: \d/i)]);
    const never = await raw().head('POST /v1/embeddings', { ...fields, 'content-length': 100_001 }).closed;
    expect(never.status).toBe(422);
    held.close();
  });

  it('stop a chunked body when exhausted, and count the received part of an aborted one', async () => {
    await start(withPolicies(bytes));
    const aborted = raw().head('POST /v1/embeddings', chunked()).chunk(' '.repeat(50_000));
    await until('it is being received', async () => (await used()) > 10_000);
    aborted.close();
    await until('all that came is counted', async () => (await used()) >= 49_000);
    const { status } = await raw().head('POST /v1/embeddings', chunked()).chunk(' '.repeat(90_000)).closed;
    expect(status).toBe(429);
    const endless = raw().head('POST /v1/embeddings', chunked()).chunk(' '.repeat(1_000_000));
    expect([422, 429]).toContain((await endless.closed).status);
  });

  it('cannot be bypassed with false lengths', async () => {
    await start(withPolicies(bytes));
    const both = { ...chunked(), 'content-length': 5 };
    expect((await raw().head('POST /v1/embeddings', both).chunk('{}').closed).status).toBe(400);
    const twice = raw().write(
      'POST /v1/embeddings HTTP/1.1\r\nhost: localhost\r\ncontent-length: 5\r\ncontent-length: 6\r\n\r\n{}',
    );
    expect((await twice.closed).status).toBe(400);
    const folded = { ...as(acme), 'transfer-encoding': 'gzip, chunked', connection: 'close' };
    expect([400, 501]).toContain(
      (await raw().head('POST /v1/embeddings', folded).chunk('{}').write('0\r\n\r\n').closed).status,
    );
  });
});

describe('an oversized request header', () => {
  it.each([
    ['fields of 17 KiB', 431, 'GET /v1/trending', { 'x-filler': 'x'.repeat(17_000) }],
    ['an address of 17 KiB', 431, `GET /v1/trending?${'x'.repeat(17_000)}`, {}],
    ['an address of 9 KiB', 414, `GET /v1/trending?${'x'.repeat(9_000)}`, {}],
    ['a part of a path that is too long', 414, `GET /v1/movies/${'1'.repeat(400)}`, {}],
    [
      '300 fields',
      431,
      'GET /v1/trending',
      Object.fromEntries(Array.from({ length: 300 }, (_, index) => [`x-${index}`, '1'])),
    ],
  ])('returns a problem for %s: %d', async (_, status, line, fields) => {
    await start();
    const answer = raw().head(line, { ...as(acme), ...fields, connection: 'close' });
    expect(await answer.closed).toEqual({
      status,
      text: expect.stringMatching(
        /^(?=[^]*application\/problem\+json)(?=[^]*x-request-id)[^]*urn:marquee:problem:/i,
      ),
    });
  });

  it("cannot hide a proxy's header field behind thousands of others", async () => {
    await start({ API_KEYS_FILE: '' });
    const many = Object.fromEntries(Array.from({ length: 2_100 }, (_, index) => [index.toString(36), '']));
    const { status } = await raw().head('GET /v1/trending', {
      ...many,
      connection: 'close',
      via: '1.1 proxy',
    }).closed;
    expect(status).toBe(431);
  });
});
