import { execFile } from 'node:child_process';
import { promisify } from 'node:util';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from '@jest/globals';
import { startApi, type TestApi } from '../fixtures/api.js';
import { findProgram } from '../fixtures/find-program.js';
import { TestRedisServer } from '../fixtures/redis-server.js';

let redis: TestRedisServer;
let api: TestApi;

beforeAll(async () => {
  redis = await TestRedisServer.start();
  api = await startApi({
    REDIS_URL: redis.url,
    EMBEDDINGS_STORE_MAX_BYTES: '100000',
    REDIS_BUDGET_MS: '500',
  });
});
afterAll(async () => {
  await api.close();
  await redis.stop();
});
beforeEach(() => redis.redis.flushall());

const call = async (method: string, path: string, body?: unknown) => {
  const response = await fetch(`${api.url}/v1/embeddings/${path}`, {
    method,
    ...(body === undefined
      ? {}
      : { headers: { 'content-type': 'application/json' }, body: JSON.stringify(body) }),
  });
  return {
    status: response.status,
    retryAfter: response.headers.get('retry-after'),
    body: (await response.json()) as Record<string, unknown>,
  };
};
const vector = [0.25, -0.5, 1];
const vectorBase64 = Buffer.from('0000803e000000bf0000803f', 'hex').toString('base64');

describe('/v1/embeddings/{id}', () => {
  it('stores a vector under the documented key, for an hour', async () => {
    const put = await call('PUT', 'context-1', { embedding: vector });
    expect(put).toMatchObject({ status: 200, body: { id: 'context-1', dimensions: 3 } });
    expect(Date.parse(put.body['expiresAt'] as string) - Date.now()).toBeGreaterThan(3_590_000);
    expect((await redis.redis.getBuffer('prod:embedding:context-1'))?.toString('base64')).toBe(vectorBase64);
    expect(await redis.redis.ttl('prod:embedding:context-1')).toBeGreaterThan(3_590);
    expect(await call('GET', 'context-1')).toMatchObject({
      status: 200,
      body: { id: 'context-1', dimensions: 3, embedding: vector },
    });
  });

  it('accepts and returns base64, and a TTL', async () => {
    expect((await call('PUT', 'a', { embedding: vectorBase64, ttlSeconds: 60 })).status).toBe(200);
    expect(await redis.redis.ttl('prod:embedding:a')).toBeLessThanOrEqual(60);
    expect((await call('GET', 'a')).body['embedding']).toEqual(vector);
    expect((await call('GET', 'a?encoding_format=base64')).body['embedding']).toBe(vectorBase64);
    await call('PUT', 'a', { embedding: [9] });
    expect((await call('GET', 'a')).body).toMatchObject({ dimensions: 1, embedding: [9] });
  });

  it('deletes once', async () => {
    await call('PUT', 'a', { embedding: vector });
    expect(await call('DELETE', 'a')).toMatchObject({ status: 200, body: { id: 'a', deleted: true } });
    for (const method of ['DELETE', 'GET']) {
      expect(await call(method, 'a')).toMatchObject({
        status: 404,
        body: { type: 'urn:marquee:problem:embedding-not-found' },
      });
    }
  });

  it("rejects vectors beyond the tenant's quota, with instructions to free space", async () => {
    const large = new Array<number>(8_192).fill(1);
    for (const id of ['a', 'b', 'c']) expect((await call('PUT', id, { embedding: large })).status).toBe(200);
    expect(await call('PUT', 'd', { embedding: large })).toMatchObject({
      status: 413,
      body: {
        type: 'urn:marquee:problem:embedding-store-full',
        detail: expect.stringMatching(/^3 vectors with 99072 bytes are stored.*Delete vectors by id/),
      },
    });
    await call('DELETE', 'a');
    expect((await call('PUT', 'd', { embedding: large })).status).toBe(200);
  });

  it.each<[unknown, string]>([
    [{}, 'embedding'],
    [{ embedding: [] }, 'embedding'],
    [{ embedding: [1, 'a'] }, 'embedding[1]'],
    [{ embedding: [1, 1e39] }, 'embedding[1]'],
    [{ embedding: new Array<number>(8_193).fill(1) }, 'embedding'],
    [{ embedding: 'not base64' }, 'embedding'],
    [{ embedding: 'AAAA' }, 'embedding'],
    [{ embedding: Buffer.from('0000c07f', 'hex').toString('base64') }, 'embedding[0]'],
    [{ embedding: [1], ttlSeconds: 0 }, 'ttlSeconds'],
    [{ embedding: [1], ttlSeconds: 1.5 }, 'ttlSeconds'],
    [{ embedding: [1], ttlSeconds: 2_592_001 }, 'ttlSeconds'],
    [{ embedding: [1], more: 1 }, 'body'],
  ])('rejects %j and names %s', async (body, field) => {
    expect(await call('PUT', 'a', body)).toMatchObject({ status: 400, body: { errors: [{ field }] } });
    expect(await redis.redis.keys('prod:embedding:*')).toEqual([]);
  });

  it('rejects ids that could reach another route or key', async () => {
    for (const id of ['a%3Ab', 'a%2Fb', '%7Ba%7D', 'x'.repeat(129)])
      expect(await call('PUT', id, { embedding: [1] })).toMatchObject({ status: 400 });
  });

  it('distinguishes invalid bytes from a missing vector', async () => {
    await redis.redis.set('prod:embedding:a', 'abc');
    expect(await call('GET', 'a')).toMatchObject({
      status: 409,
      body: { type: 'urn:marquee:problem:embedding-unreadable' },
    });
    expect((await call('PUT', 'a', { embedding: [1] })).status).toBe(200);
  });

  const python = findProgram('python3');
  (python ? describe : describe.skip)('and Python (skipped without python3)', () => {
    // Speaks RESP, so that it needs no package; packs as numpy's astype(np.float32).tobytes() does.
    const client = `
import json, os, socket, struct, sys
def command(*parts):
    parts = [p if isinstance(p, bytes) else str(p).encode() for p in parts]
    s = socket.create_connection(("127.0.0.1", int(sys.argv[1])))
    s.sendall(b"*%d\\r\\n" % len(parts) + b"".join(b"$%d\\r\\n%s\\r\\n" % (len(p), p) for p in parts))
    f = s.makefile("rb")
    line = f.readline()
    return f.read(int(line[1:])) if line[:1] == b"$" and line[1:2] != b"-" else line
`;
    const run = async (program: string): Promise<string> => {
      const args = ['-c', `${client}${program}`, new URL(redis.url).port];
      return (await promisify(execFile)(python as string, args)).stdout;
    };

    it('reads vectors that Marquee stored', async () => {
      await call('PUT', 'ours', { embedding: vector });
      const program = 'b = command("GET", "prod:embedding:ours"); print(json.dumps(struct.unpack("3f", b)))';
      expect(JSON.parse(await run(program))).toEqual(vector);
    });

    it('writes vectors that Marquee reads', async () => {
      await run('command("SETEX", "prod:embedding:theirs", 3600, struct.pack("3f", 0.25, -0.5, 1))');
      expect(await call('GET', 'theirs')).toMatchObject({ status: 200, body: { embedding: vector } });
      await run('command("SET", "prod:embedding:forever", struct.pack("3f", 0.25, -0.5, 1))');
      expect((await call('GET', 'forever')).body).toMatchObject({ embedding: vector, expiresAt: null });
    });
  });

  it('is unavailable while Redis is down, and acknowledges nothing', async () => {
    await redis.kill();
    for (const [method, body] of [['PUT', { embedding: vector }], ['GET'], ['DELETE']] as [
      string,
      unknown?,
    ][]) {
      expect(await call(method, 'a', body)).toMatchObject({
        status: 503,
        retryAfter: '1',
        body: { type: 'urn:marquee:problem:unavailable' },
      });
    }
    await redis.launch();
  });
});
