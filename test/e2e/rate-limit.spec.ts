import { once } from 'node:events';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { connect } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, afterEach, beforeAll, describe, expect, it } from '@jest/globals';
import { parseRateLimit } from 'ratelimit-header-parser';
import { parseList } from 'structured-headers';
import { startApi, type TestApi } from '../fixtures/api.js';
import { makeKey } from '../fixtures/api-keys.js';
import { ChatUpstream } from '../fixtures/chat-upstream.js';
import { MarqueeProcess } from '../fixtures/marquee-process.js';
import { TestRedisServer } from '../fixtures/redis-server.js';
import { TcpProxy } from '../fixtures/tcp-proxy.js';
import { until } from '../fixtures/until.js';

const [acme, globex, operator] = [makeKey('acme'), makeKey('globex'), makeKey('acme', ['admin'])];
const minute = { windowSeconds: 60 };
let redis: TestRedisServer;
let folder: string;
let api: TestApi | undefined;

beforeAll(async () => {
  redis = await TestRedisServer.start();
  folder = mkdtempSync(join(tmpdir(), 'marquee-limits-'));
});
afterAll(async () => {
  rmSync(folder, { recursive: true });
  await redis.stop();
});
afterEach(async () => {
  await api?.close();
  api = undefined;
  await redis.redis.flushall();
});

const file = (name: string, content: unknown): string => {
  const path = join(folder, name);
  writeFileSync(path, JSON.stringify(content));
  return path;
};

const start = async (
  policies: readonly Record<string, unknown>[],
  more: Record<string, unknown> = {},
  variables: Record<string, string> = {},
): Promise<TestApi> => {
  const plans = { default: policies.map(({ name }) => name) };
  api = await startApi({
    REDIS_URL: redis.url,
    RATE_LIMIT_POLICIES_FILE: file('policies.json', { policies, plans, ...more }),
    API_KEYS_FILE: file('keys.json', [acme.entry, globex.entry, operator.entry]),
    ...variables,
  });
  return api;
};

const get = (path: string, headers: Record<string, string> = {}): Promise<Response> =>
  fetch(`${api?.url}${path}`, { headers: { 'x-api-key': acme.key, ...headers } });
const send = (method: string, path: string, body: unknown, key = acme.key): Promise<Response> =>
  fetch(`${api?.url}${path}`, {
    method,
    headers: { 'x-api-key': key, 'content-type': 'application/json' },
    body: JSON.stringify(body),
  });
const statuses = async (times: number, call: () => Promise<Response>): Promise<number[]> => {
  const seen: number[] = [];
  for (let index = 0; index < times; index++) seen.push((await call()).status);
  return seen;
};

/** Parses a field according to RFC 9651: the items, each with its parameters. */
const itemsOf = (response: Response, field: string): [unknown, Record<string, unknown>][] =>
  parseList(response.headers.get(field) ?? '').map(([item, parameters]) => [
    item,
    Object.fromEntries(parameters),
  ]);

describe('Rate limits', () => {
  it('apply a default quota with standard header fields, then return 429 with Retry-After', async () => {
    api = await startApi({ REDIS_URL: redis.url, MAX_REQUESTS_PER_WINDOW: '3', RATE_LIMIT_WINDOW: '60' });
    const first = await get('/v1/trending');
    expect(itemsOf(first, 'ratelimit-policy')).toEqual([
      ['default', { q: 3, w: 60, pk: expect.any(Object) }],
    ]);
    expect(itemsOf(first, 'ratelimit')).toEqual([
      ['default', { r: 2, t: 62, pk: expect.any(Object), limit: 3, remaining: 2, reset: 62 }],
    ]);
    expect(parseRateLimit(first)).toMatchObject({ limit: 3, used: 1, remaining: 2, reset: expect.any(Date) });
    expect(await statuses(2, () => get('/v1/trending'))).toEqual([200, 200]);
    const refused = await get('/v1/trending');
    expect(refused.status).toBe(429);
    expect(refused.headers.get('content-type')).toContain('application/problem+json');
    expect(refused.headers.get('cache-control')).toBe('no-store');
    expect(await refused.json()).toMatchObject({
      type: 'https://iana.org/assignments/http-problem-types#quota-exceeded',
      'violated-policies': ['default'],
    });
    const [[, { t }] = ['', { t: 0 }]] = itemsOf(refused, 'ratelimit');
    expect(refused.headers.get('retry-after')).toBe(String(t));
    expect(Number(t)).toBeGreaterThan(58);
    expect(Number(t)).toBeLessThanOrEqual(62);
    expect(await redis.redis.pttl('prod:ratelimit:default:default:127.0.0.1')).toBeGreaterThan(58_000);
  });

  it('count each API key separately, and do not charge failed authentications to it', async () => {
    await start([{ name: 'keyed', quota: 2, ...minute }]);
    const unknown = { 'x-api-key': 'mq_unknown' };
    expect(await statuses(5, () => get('/v1/trending', unknown))).toEqual([401, 401, 401, 401, 401]);
    expect(await statuses(3, () => get('/v1/trending'))).toEqual([200, 200, 429]);
    expect((await get('/v1/trending', { 'x-api-key': globex.key })).status).toBe(200);
  });

  it('never apply to health, metrics and the routes that change limits', async () => {
    await start(
      [
        { name: 'one', quota: 1, windowSeconds: 3_600 },
        { name: 'door', quota: 1, windowSeconds: 3_600, partition: 'address' },
      ],
      { plans: { default: ['one'] }, beforeAuthentication: ['door'] },
    );
    await get('/v1/trending');
    expect((await get('/v1/trending')).status).toBe(429);
    const open = [
      '/health/live',
      '/health/ready',
      '/health/startup',
      '/v1/health',
      '/api/v1/health',
      '/metrics',
    ];
    for (const path of open) expect([path, (await get(path)).status]).toEqual([path, 200]);
    const admin = { 'x-api-key': operator.key };
    expect((await get('/v1/admin/rate-limit/policies', admin)).status).toBe(200);
    expect((await get('/v1/rate-limit')).status).toBe(200);
  });

  it('charge embeddings by text, and return 422 for a batch that is too large', async () => {
    await start([{ name: 'texts', quota: 10, ...minute }]);
    const embed = (count: number) =>
      send('POST', '/v1/embeddings', {
        model: 'text-embedding-3-small',
        input: Array.from({ length: count }, (_, index) => `${index}`),
      });
    expect((await embed(8)).status).toBe(200);
    const refused = await embed(3);
    expect([refused.status, await refused.json()]).toMatchObject([
      429,
      { error: { code: 'rate_limit_exceeded', type: 'requests' } },
    ]);
    expect((await embed(2)).status).toBe(200);
    const tooLarge = await embed(11);
    expect([tooLarge.status, tooLarge.headers.get('retry-after')]).toEqual([422, null]);
    expect(await tooLarge.json()).toMatchObject({
      error: { code: 'cost_above_burst', param: 'input', message: expect.stringContaining('at most 10') },
    });
    const broken = await send('POST', '/v1/embeddings', { input: 7 });
    expect([400, 429]).toContain(broken.status);
  });

  it('charge embeddings by token array, not by token', async () => {
    await start([{ name: 'texts', quota: 3, ...minute }]);
    const embed = (input: number[] | number[][]) =>
      send('POST', '/v1/embeddings', { model: 'text-embedding-3-small', input });
    expect((await embed([9707, 11, 64, 568])).status).toBe(200);
    expect((await embed([[9707], [11, 64]])).status).toBe(200);
    expect((await embed([9707])).status).toBe(429);
  });

  it('charge a call of the language model more than a cache hit', async () => {
    const chat = await ChatUpstream.start();
    await start([{ name: 'asks', quota: 100, windowSeconds: 6_000 }], {}, chat.variables);
    const remaining = async (): Promise<number> => {
      const { policies } = (await (await get('/v1/rate-limit')).json()) as {
        policies: { remaining: number }[];
      };
      return policies[0]?.remaining ?? Number.NaN;
    };
    await send('POST', '/v1/query-understanding', { query: 'heist films' });
    expect(await remaining()).toBe(95);
    await send('POST', '/v1/query-understanding', { query: 'heist films' });
    await until('the rest is refunded', async () => (await remaining()) === 94);
    await chat.stop();
  });

  it('limit addresses, IPv6 by /64, before authentication and before the body is read', async () => {
    await start(
      [
        { name: 'door', quota: 2, ...minute, partition: 'address' },
        { name: 'keyed', quota: 100, ...minute },
      ],
      { plans: { default: ['keyed'] }, beforeAuthentication: ['door'] },
      { TRUSTED_PROXIES: '127.0.0.0/8' },
    );
    const from = (address: string) => () => get('/v1/trending', { 'x-forwarded-for': address });
    expect(await statuses(3, from('2001:db8:1:2::1'))).toEqual([200, 200, 429]);
    expect(await statuses(1, from('2001:db8:1:2:ffff::9'))).toEqual([429]);
    expect(await statuses(1, from('6.6.6.6, 2001:db8:1:2:ffff::9'))).toEqual([429]);
    const other = await get('/v1/trending', { 'x-forwarded-for': '203.0.113.9' });
    expect(itemsOf(other, 'ratelimit').map(([name]) => name)).toEqual(['door', 'keyed']);
    expect(
      (await get('/v1/nothing', { 'x-api-key': 'wrong', 'x-forwarded-for': '203.0.113.9' })).status,
    ).toBe(404);
    const unread = connect(Number(new URL(api?.url ?? '').port), '127.0.0.1');
    unread.write(
      'POST /v1/embeddings HTTP/1.1\r\nhost: x\r\nx-forwarded-for: 203.0.113.9\r\ncontent-type: application/json\r\ncontent-length: 1000000\r\n\r\n{',
    );
    const [answer] = (await once(unread, 'data')) as [Buffer];
    expect(answer.toString()).toMatch(/^HTTP\/1\.1 429 /);
    unread.destroy();
  });

  it('count each user separately, and requests without a user together', async () => {
    await start([{ name: 'viewer', quota: 1, ...minute, partition: 'user' }]);
    const as = (user: string) => () => get('/v1/trending', { 'x-user-id': user });
    expect(await statuses(2, as('ann'))).toEqual([200, 429]);
    expect(await statuses(1, as('bob'))).toEqual([200]);
    expect(await statuses(2, () => get('/v1/trending'))).toEqual([200, 429]);
  });

  it('count requests in progress, such as event streams, until they end', async () => {
    await start([
      {
        name: 'streams',
        unit: 'concurrent-requests',
        quota: 1,
        windowSeconds: 30,
        routes: ['/v1/sessions/:id/events'],
      },
    ]);
    const { id } = (await (await send('POST', '/v1/sessions', {})).json()) as { id: string };
    const controller = new AbortController();
    const listen = () =>
      fetch(`${api?.url}/v1/sessions/${id}/events`, {
        headers: { 'x-api-key': acme.key },
        signal: controller.signal,
      });
    const stream = await listen();
    expect(stream.status).toBe(200);
    expect((await get(`/v1/sessions/${id}/events`)).status).toBe(429);
    expect((await get(`/v1/sessions/${id}`)).status).toBe(200);
    controller.abort();
    await until(
      'the lease is released',
      async () => (await redis.redis.zcard('prod:ratelimit:streams:acme:acme-app:leases')) === 0,
    );
    expect(await (await get('/metrics')).text()).toContain('marquee_rate_limit_leases_held 0');
  });

  it('release the lease of a client that disconnects before the decision', async () => {
    const proxy = await TcpProxy.start(redis.port);
    await start(
      [{ name: 'at-once', unit: 'concurrent-requests', quota: 1, windowSeconds: 30 }],
      {},
      {
        REDIS_LIMITS_URL: `redis://127.0.0.1:${proxy.port}`,
        REDIS_BUDGET_MS: '2000',
        REDIS_SOCKET_TIMEOUT_MS: '2000',
      },
    );
    const key = 'prod:ratelimit:at-once:acme:acme-app:leases';
    proxy.delayReplies(400);
    const disconnect = new AbortController();
    const headers = { 'x-api-key': acme.key };
    const asked = fetch(`${api?.url}/v1/trending`, { headers, signal: disconnect.signal });
    await until('the lease is taken', async () => (await redis.redis.zcard(key)) === 1);
    disconnect.abort();
    await expect(asked).rejects.toThrow('aborted');
    await until('the lease is released', async () => (await redis.redis.zcard(key)) === 0);
    expect(await (await get('/metrics')).text()).toContain('marquee_rate_limit_leases_held 0');
    await proxy.stop();
  });

  it('count bytes of bodies, and apply policies of certain routes', async () => {
    await start([
      { name: 'bytes', quota: 1_000, ...minute, unit: 'content-bytes' },
      { name: 'tasks', quota: 1, ...minute, routes: ['/v1/tasks'], cost: 1 },
    ]);
    const put = (size: number) => send('PUT', '/v1/tasks/t/result', { result: 'x'.repeat(size) });
    expect((await put(100)).status).toBe(200);
    const second = await put(100);
    expect([second.status, await second.json()]).toMatchObject([429, { 'violated-policies': ['tasks'] }]);
    expect((await get('/v1/trending')).status).toBe(200);
    expect((await put(1_000)).status).toBe(422);
  });

  it('allow pages of other origins to read the fields', async () => {
    await start([{ name: 'one', quota: 1, ...minute }], {}, { CORS_ORIGINS: 'https://app.example.com' });
    const from = (origin: string) => get('/v1/trending', { origin });
    expect((await from('https://app.example.com')).headers.get('access-control-allow-origin')).toBe(
      'https://app.example.com',
    );
    const refused = await from('https://app.example.com');
    expect(refused.status).toBe(429);
    expect(refused.headers.get('access-control-expose-headers')).toContain(
      'RateLimit, RateLimit-Policy, Retry-After',
    );
    expect((await from('https://evil.example')).headers.get('access-control-allow-origin')).toBeNull();
  });
});

describe('Rate limits for operators', () => {
  it('change at run time, with every fault named and an audit log', async () => {
    const keys = file('keys.json', [acme.entry, operator.entry]);
    const running = MarqueeProcess.start({
      REDIS_URL: redis.url,
      API_KEYS_FILE: keys,
      MAX_REQUESTS_PER_WINDOW: '2',
    });
    const url = await running.ready();
    const admin = (method: string, path: string, body?: unknown) =>
      fetch(`${url}/v1/admin/rate-limit/${path}`, {
        method,
        headers: { 'x-api-key': operator.key, 'content-type': 'application/json' },
        ...(body === undefined ? {} : { body: JSON.stringify(body) }),
      });
    const ask = () => fetch(`${url}/v1/trending`, { headers: { 'x-api-key': acme.key } });
    expect(await statuses(3, ask)).toEqual([200, 200, 429]);
    expect(
      (await fetch(`${url}/v1/admin/rate-limit/policies`, { headers: { 'x-api-key': acme.key } })).status,
    ).toBe(403);

    const faulty = await admin('PUT', 'policies', {
      policies: [
        { name: 'A', quota: 0 },
        { name: 'b', algorithm: 'calendar', quota: 1 },
      ],
      plans: { free: ['none'] },
    });
    const { errors } = (await faulty.json()) as { errors: { field: string }[] };
    expect(faulty.status).toBe(400);
    expect(errors.map(({ field }) => field)).toEqual(
      expect.arrayContaining([
        'policies[0].name',
        'policies[0].quota',
        'policies[0].windowSeconds',
        'policies[1].period',
        'plans',
      ]),
    );

    const set = { policies: [{ name: 'default', quota: 4, ...minute }], plans: { default: ['default'] } };
    expect((await admin('PUT', 'policies', set)).status).toBe(200);
    expect(await statuses(3, ask)).toEqual([200, 200, 429]);
    const client = 'clients?policy=default&client=acme:acme-app';
    expect(await (await admin('GET', client)).json()).toMatchObject({ remaining: 0, quota: 4 });
    expect(await (await admin('DELETE', client)).json()).toEqual({ reset: true });
    expect((await ask()).status).toBe(200);
    await admin('PUT', 'overrides', { policy: 'default', client: 'acme:acme-app', quota: 50 });
    expect(await (await admin('GET', client)).json()).toMatchObject({ quota: 50 });
    expect((await admin('GET', 'clients?policy=none&client=x')).status).toBe(404);
    const { output } = await running.stop();
    const audit = output.split('\n').filter((line) => line.includes('"Audit"'));
    expect(audit.join('\n')).toMatch(
      /key \\"acme-admin\\" replaced the policies: default[^]*reset \\"acme:acme-app\\"[^]*gave/,
    );
    expect(output).not.toContain(operator.key);
  });

  it('prevent the start with invalid policies, and list every fault', async () => {
    const broken = file('broken.json', { policies: [{ name: 'a', quota: 'x', typo: 1 }], plans: {} });
    const running = MarqueeProcess.start({ REDIS_URL: redis.url, RATE_LIMIT_POLICIES_FILE: broken });
    const { code, output } = await running.exit();
    expect(code).toBe(1);
    expect(output).toContain('RATE_LIMIT_POLICIES_FILE');
    for (const fault of ['policies.0.quota', 'typo', 'plan "default"']) expect(output).toContain(fault);
  });

  it('are enforced without Redis, and omit fields that would be wrong', async () => {
    await start([{ name: 'one', quota: 10, ...minute }]);
    expect((await get('/v1/trending')).headers.get('ratelimit')).not.toBeNull();
    redis.freeze();
    const answers: Response[] = [];
    for (let index = 0; index < 12; index++) answers.push(await get('/v1/movies/1000000370'));
    redis.thaw();
    expect(answers.map(({ status }) => status)).toEqual([...Array<number>(9).fill(200), 429, 429, 429]);
    expect(answers.every(({ headers }) => !headers.has('ratelimit'))).toBe(true);
    expect(answers.at(-1)?.headers.get('retry-after')).toMatch(/^\d+$/);
  });
});
