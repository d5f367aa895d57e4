import { execFileSync } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { request } from 'node:http';
import { connect } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from '@jest/globals';
import { startApi, type TestApi } from '../fixtures/api.js';
import { makeKey } from '../fixtures/api-keys.js';
import { MarqueeProcess } from '../fixtures/marquee-process.js';
import { RawHttp } from '../fixtures/raw-http.js';
import { TestRedisServer } from '../fixtures/redis-server.js';
import { until } from '../fixtures/until.js';

const [acme, globex, operator] = [makeKey('acme'), makeKey('globex'), makeKey('acme', ['admin'])];
let redis: TestRedisServer;
let folder: string;
let file: string;

beforeAll(async () => {
  redis = await TestRedisServer.start();
  folder = mkdtempSync(join(tmpdir(), 'marquee-keys-'));
  file = join(folder, 'keys.json');
  writeFileSync(file, JSON.stringify([acme.entry, globex.entry, operator.entry]));
});
afterAll(async () => {
  rmSync(folder, { recursive: true });
  await redis.stop();
});

const call = async (url: string, key: string | undefined, method: string, path: string, body?: unknown) => {
  const response = await fetch(`${url}${path}`, {
    method,
    headers: {
      ...(key === undefined ? {} : { authorization: `Bearer ${key}` }),
      ...(body === undefined ? {} : { 'content-type': 'application/json' }),
    },
    ...(body === undefined ? {} : { body: JSON.stringify(body) }),
  });
  const text = await response.text();
  return {
    status: response.status,
    headers: response.headers,
    // Progress reports have one JSON object per line.
    body: (text ? JSON.parse(text.split('\n')[0] ?? '') : {}) as Record<string, unknown>,
  };
};

describe('with API keys', () => {
  let api: TestApi;

  beforeAll(async () => {
    api = await startApi({ REDIS_URL: redis.url, API_KEYS_FILE: file });
  });
  afterAll(() => api.close());

  it('accepts a key in either header field and rejects any other', async () => {
    const without = await call(api.url, undefined, 'GET', '/v1/trending');
    expect(without).toMatchObject({ status: 401, body: { type: 'urn:marquee:problem:unauthenticated' } });
    expect(without.headers.get('www-authenticate')).toBe('Bearer realm="marquee"');
    expect((await call(api.url, acme.key, 'GET', '/v1/trending')).status).toBe(200);
    const response = await fetch(`${api.url}/v1/trending`, { headers: { 'x-api-key': acme.key } });
    expect(response.status).toBe(200);
  });

  it('returns OpenAI’s error format on the routes that its SDKs call', async () => {
    const { status, body } = await call(api.url, 'wrong', 'GET', '/v1/models');
    expect(status).toBe(401);
    expect(body).toMatchObject({ error: { type: 'invalid_request_error', code: 'invalid_api_key' } });
  });

  it.each(['/health/live', '/health/ready', '/health/startup', '/v1/health', '/api/v1/health', '/metrics'])(
    'does not protect %s',
    async (path) => {
      expect((await fetch(`${api.url}${path}`)).status).toBe(200);
    },
  );

  it.each([
    ['GET', '/v1/admin/cache/stats', undefined],
    ['DELETE', '/v1/admin/cache?pattern=emb:*&dryRun=true', undefined],
    ['PUT', '/v1/trending', { ids: [1] }],
    ['POST', '/v1/trending/rollback', undefined],
  ])('%s %s requires the role admin', async (method, path, body) => {
    expect((await call(api.url, acme.key, method, path, body)).status).toBe(403);
    expect((await call(api.url, operator.key, method, path, body)).status).not.toBe(403);
  });

  it('honors no-cache only for administrators', async () => {
    const understand = (key: string) =>
      fetch(`${api.url}/v1/query-understanding`, {
        method: 'POST',
        headers: {
          authorization: `Bearer ${key}`,
          'content-type': 'application/json',
          'cache-control': 'no-cache',
        },
        body: '{"query":"heist movies"}',
      }).then((response) => response.headers.get('cache-status'));
    await understand(acme.key);
    expect(await understand(acme.key)).toMatch(/hit/);
    expect(await understand(operator.key)).toMatch(/fwd=request/);
  });

  describe('tenant isolation', () => {
    it('keeps every resource of a tenant inaccessible to others', async () => {
      const { body: session } = await call(api.url, acme.key, 'POST', '/v1/sessions', { userId: 'u' });
      const id = session['id'] as string;
      expect(session['tenantId']).toBe('acme');
      await call(api.url, acme.key, 'POST', `/v1/sessions/${id}/transcript`, { chunks: ['secret'] });
      await call(api.url, acme.key, 'PUT', '/v1/tasks/t/result', { result: 'secret' });
      await call(api.url, acme.key, 'PUT', '/v1/embeddings/e', { embedding: [1, 2] });
      const there: [string, string, unknown?][] = [
        ['GET', `/v1/sessions/${id}`],
        ['PATCH', `/v1/sessions/${id}`, { userId: 'mine' }],
        ['DELETE', `/v1/sessions/${id}`],
        ['POST', `/v1/sessions/${id}/extend`, {}],
        ['POST', `/v1/sessions/${id}/transcript`, { chunks: ['x'] }],
        ['GET', `/v1/sessions/${id}/transcript`],
        ['POST', `/v1/sessions/${id}/complete`, {}],
        ['GET', `/v1/sessions/${id}/events`],
        ['GET', '/v1/tenants/acme/sessions'],
        ['GET', '/v1/tasks/t/result'],
        ['POST', '/v1/tasks/t/claim', {}],
        ['GET', '/v1/embeddings/e'],
        ['DELETE', '/v1/embeddings/e'],
      ];
      for (const [method, path, body] of there) {
        const theirs = await call(api.url, globex.key, method, path, body);
        const nobodys = await call(
          api.url,
          globex.key,
          method,
          path
            .replace(id, '01a1fe41-a5f5-76ab-8665-36b9a52eb830')
            .replace('acme', 'nobody')
            .replace('/t/', '/none/')
            .replace(/\/e$/, '/none'),
          body,
        );
        const { instance: _, ...shown } = theirs.body;
        const { instance: __, ...shownOfNone } = nobodys.body;
        expect([path, theirs.status, shown]).toEqual([path, 404, shownOfNone]);
      }
      // Not even under the same name.
      await call(api.url, globex.key, 'PUT', '/v1/embeddings/e', { embedding: [3] });
      expect((await call(api.url, acme.key, 'GET', '/v1/embeddings/e')).body['embedding']).toEqual([1, 2]);
      expect(await redis.redis.exists('prod:embedding:acme/e', 'prod:embedding:globex/e')).toBe(2);
      await call(api.url, globex.key, 'PUT', '/v1/tasks/t/result', { result: 'mine' });
      expect((await call(api.url, acme.key, 'GET', '/v1/tasks/t/result')).body['result']).toBe('secret');
      expect((await call(api.url, acme.key, 'GET', `/v1/sessions/${id}`)).body['userId']).toBe('u');
      expect((await call(api.url, acme.key, 'GET', `/v1/sessions/${id}/transcript`)).body['chunks']).toEqual([
        'secret',
      ]);
      const { body } = await call(api.url, globex.key, 'GET', '/v1/tenants/globex/sessions');
      expect(body['sessions']).toEqual([]);
    });
  });

  it('reloads added and removed keys without a restart', async () => {
    const late = makeKey('late');
    expect((await call(api.url, late.key, 'GET', '/v1/trending')).status).toBe(401);
    writeFileSync(file, JSON.stringify([acme.entry, operator.entry, late.entry]));
    await until(
      'the new key is known',
      async () => (await call(api.url, late.key, 'GET', '/v1/trending')).status === 200,
    );
    expect((await call(api.url, globex.key, 'GET', '/v1/trending')).status).toBe(401);
    for (const broken of ['[', '[{"name":"x"}]']) {
      writeFileSync(file, broken);
      // Longer than the polling interval of the file.
      const endMs = performance.now() + 1500;
      while (performance.now() < endMs)
        expect((await call(api.url, late.key, 'GET', '/v1/trending')).status).toBe(200);
    }
    writeFileSync(file, JSON.stringify([acme.entry, globex.entry, operator.entry]));
    await until(
      'the file is read again',
      async () => (await call(api.url, globex.key, 'GET', '/v1/trending')).status === 200,
    );
  });
});

describe('guesses of API keys', () => {
  let api: TestApi;

  beforeEach(async () => {
    await redis.redis.flushall();
    writeFileSync(file, JSON.stringify([acme.entry, globex.entry, operator.entry]));
    api = await startApi({ REDIS_URL: redis.url, API_KEYS_FILE: file, TRUSTED_PROXIES: '127.0.0.0/8' });
  });
  afterEach(() => api.close());

  const ask = (key: string, address: string) =>
    fetch(`${api.url}/v1/trending`, { headers: { 'x-api-key': key, 'x-forwarded-for': address } });
  const guess = async (times: number, address: string): Promise<Map<number, number>> => {
    const statuses = new Map<number, number>();
    for (let index = 0; index < times; index++) {
      const cut = acme.key.slice(0, index % acme.key.length);
      const changed = `${acme.key.slice(0, -1)}${acme.key.endsWith('A') ? 'B' : 'A'}`;
      const forged = [cut, `${acme.key}x`, changed, makeKey('acme').key, acme.entry.sha256][index % 5] ?? '';
      const { status } = await ask(forged, address);
      statuses.set(status, (statuses.get(status) ?? 0) + 1);
    }
    return statuses;
  };

  it('fail when forged or truncated, and are limited by address', async () => {
    const statuses = await guess(400, '203.0.113.7');
    expect(new Set(statuses.keys())).toEqual(new Set([401, 429]));
    // Quota that is restored during the loop is spent on further guesses.
    expect(statuses.get(401)).toBeLessThan(200);
    const refused = await ask(makeKey('acme').key, '203.0.113.7');
    expect(refused.status).toBe(429);
    expect(refused.headers.get('retry-after')).toMatch(/^[1-9]/);
    expect(await refused.json()).toMatchObject({ 'violated-policies': ['failed-requests'] });
  });

  it('reveal nothing about a blocked key, and do not block clients served at the address before', async () => {
    expect((await ask(acme.key, '203.0.113.7')).status).toBe(200);
    await guess(150, '203.0.113.7');
    expect((await ask(acme.key, '203.0.113.7')).status).toBe(200);
    // A valid key, but not served at this address before.
    expect((await ask(globex.key, '203.0.113.7')).status).toBe(429);
    expect((await ask(globex.key, '203.0.113.8')).status).toBe(200);
    // The block ends soon after the guesses stop.
    await until(
      'the address is open again',
      async () => (await ask(globex.key, '203.0.113.7')).status === 200,
    );
  });

  it('are counted per /64 network, regardless of ports that a proxy adds', async () => {
    for (let index = 0; index < 150; index++) await ask('mq_wrong', `[2001:db8:1:2::${index}]:${index + 1}`);
    expect((await ask('mq_wrong', '2001:db8:1:2:ffff::1')).status).toBe(429);
    expect((await ask('mq_wrong', '2001:db8:1:3::1')).status).toBe(401);
  });

  it('counts invalid HTTP too', async () => {
    await api.close();
    // The client behind a trusted proxy's connection is unknown.
    api = await startApi({ REDIS_URL: redis.url, API_KEYS_FILE: file });
    for (let index = 0; index < 120; index++) {
      const socket = connect(Number(new URL(api.url).port), '127.0.0.1');
      socket.write('nonsense\r\n\r\n');
      await once(socket.resume(), 'close');
    }
    await until('the address is refused', async () => {
      const { status } = await fetch(`${api.url}/v1/trending`, { headers: { 'x-api-key': 'mq_wrong' } });
      return status === 429;
    });
    expect((await fetch(`${api.url}/health/live`)).status).toBe(200);
  });
});

describe('without API keys', () => {
  let api: TestApi;

  beforeAll(async () => {
    api = await startApi({ REDIS_URL: redis.url, LOCAL_HOSTS: 'marquee.test' });
  });
  afterAll(() => api.close());

  const answerTo = (headers: Record<string, string>): Promise<{ status: number; text: string }> =>
    new Promise((resolve, reject) => {
      request(`${api.url}/v1/trending`, { headers }, (response) => {
        let text = '';
        response.on('data', (chunk: Buffer) => (text += chunk.toString()));
        response.on('end', () => resolve({ status: response.statusCode ?? 0, text }));
      })
        .on('error', reject)
        .end();
    });
  const statusWith = async (headers: Record<string, string>): Promise<number> =>
    (await answerTo(headers)).status;

  it('serves callers on this machine, as tenant "default" with every role', async () => {
    expect((await call(api.url, undefined, 'GET', '/v1/admin/cache/stats')).status).toBe(200);
    expect((await call(api.url, undefined, 'POST', '/v1/sessions')).body['tenantId']).toBe('default');
  });

  it.each([
    ['a page whose name was pointed here', { host: 'evil.example' }],
    ['a name that only begins like this machine', { host: '127.0.0.1.evil.example' }],
    ['a page of another site', { origin: 'https://evil.example' }],
    ['a page without an origin', { origin: 'null' }],
    ['the same without an origin', { 'sec-fetch-site': 'cross-site' }],
    ...[
      'Via Forwarded X-Forwarded-For X-Forwarded-Host X-Forwarded-Proto X-Forwarded-Port X-Real-IP X-Client-IP',
      'True-Client-IP CF-Connecting-IP CF-Ray CDN-Loop X-Original-URL X-Original-Host X-Envoy-External-Address',
      'Fly-Client-IP X-Cluster-Client-IP X-Amzn-Trace-Id X-Azure-ClientIP Fastly-Client-IP X-Appengine-User-Ip',
    ]
      .flatMap((names) => names.split(' '))
      .map((name): [string, Record<string, string>] => [`what a proxy leaves: ${name}`, { [name]: 'x' }]),
  ])('rejects %s with instructions to set up keys', async (_, headers) => {
    const { status, text } = await answerTo(headers);
    expect(status).toBe(403);
    expect(JSON.parse(text)).toMatchObject({
      type: 'urn:marquee:problem:forbidden',
      detail: expect.stringMatching(/npm run key .* API_KEYS_FILE/),
    });
  });

  it('rejects a second Host, since Node exposes only the first', async () => {
    const twice = new RawHttp(api.url).head('GET /v1/trending', {
      Host: 'evil.example',
      connection: 'close',
    });
    expect((await twice.closed).status).toBe(403);
  });

  it.each(['localhost', 'LOCALHOST:81', '127.0.0.1:3000', '127.1.2.3', '[::1]:3000', 'Marquee.test:80'])(
    'serves callers that address this machine as %s',
    async (host) => expect(await statusWith({ host })).toBe(200),
  );

  it('keeps serving them, no matter how many requests are invalid', async () => {
    for (let index = 0; index < 150; index++) await api.post('/v1/embeddings', '{');
    expect(await statusWith({})).toBe(200);
  });
});

describe('the program', () => {
  it('refuses to start with invalid keys and reports all faults at once', async () => {
    const broken = join(folder, 'broken.json');
    writeFileSync(broken, JSON.stringify([{ ...acme.entry, sha256: 'hunter2' }, { name: 'x' }]));
    const { code, output } = await MarqueeProcess.start({ API_KEYS_FILE: broken }).exit();
    expect(code).toBe(1);
    expect(output).toContain(
      'API_KEYS_FILE: [0.sha256] sha256 must be 64 lower-case hexadecimal digits; [1.sha256]',
    );
    expect(output).not.toContain('    at ');
    const { output: missing } = await MarqueeProcess.start({ API_KEYS_FILE: join(folder, 'none') }).exit();
    expect(missing).toContain('API_KEYS_FILE: cannot be read (ENOENT)');
  });

  it('warns against proxies only when there are no keys', async () => {
    const marquee = MarqueeProcess.start({ REDIS_URL: redis.url });
    await marquee.ready();
    expect((await marquee.stop()).output).toMatch(
      /No API keys are configured: .* do not put a proxy, tunnel or load balancer/,
    );
    const keyed = MarqueeProcess.start({ REDIS_URL: redis.url, API_KEYS_FILE: file });
    await keyed.ready();
    expect((await keyed.stop()).output).not.toContain('No API keys');
  });

  it('never logs a key', async () => {
    const marquee = MarqueeProcess.start({ API_KEYS_FILE: file, LOG_LEVEL: 'trace', REDIS_URL: redis.url });
    const url = await marquee.ready();
    await call(url, acme.key, 'GET', '/v1/trending');
    await call(url, 'mq_forged', 'GET', '/v1/trending');
    const { output } = await marquee.stop();
    expect(output).not.toContain(acme.key);
    expect(output).not.toContain('mq_forged');
  });

  it('creates keys with npm run key', () => {
    const made = join(folder, 'made.json');
    const script = join(import.meta.dirname, '..', '..', 'scripts', 'make-key.mjs');
    const run = (...args: string[]): string =>
      execFileSync(process.execPath, [script, ...args], { encoding: 'utf8' });
    const output = run('--name', 'web', '--tenant', 'acme', '--role', 'admin', '--file', made);
    run('--name', 'tv', '--tenant', 'acme', '--file', made);
    const key = /mq_[\w-]{43}/.exec(output)?.[0] ?? '';
    const entries = JSON.parse(readFileSync(made, 'utf8')) as { name: string; roles: string[] }[];
    expect(entries).toMatchObject([
      { name: 'web', roles: ['admin'] },
      { name: 'tv', roles: [] },
    ]);
    expect(readFileSync(made, 'utf8')).not.toContain(key);
    expect(run('--name', 'x', '--tenant', 'y')).toContain('"tenant":"y"');
  });
});
