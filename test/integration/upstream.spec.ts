import { once } from 'node:events';
import { createServer, type Server, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { setTimeout as delay } from 'node:timers/promises';
import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import { UpstreamClient, type UpstreamOptions } from '@app/upstream';

let server: Server;
let client: UpstreamClient;
let calls: string[];
let serve: (path: string, response: ServerResponse) => void;

beforeEach(async () => {
  calls = [];
  serve = (_, response) => void response.end('{}');
  server = createServer((request, response) => {
    calls.push(request.url ?? '');
    request.resume();
    serve(request.url ?? '', response);
  }).listen(0, '127.0.0.1');
  await once(server, 'listening');
});
afterEach(async () => {
  await client.close();
  server.closeAllConnections();
  server.close();
});

const connect = (options: Partial<UpstreamOptions> = {}): void => {
  client = new UpstreamClient({
    name: 'test',
    baseUrl: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    timeoutMs: 5_000,
    retryAttempts: 2,
    concurrency: 8,
    maxRetryAfterMs: 60_000,
    ...options,
  });
};
const failureOf = (call: Promise<unknown>) =>
  call.then(
    () => undefined,
    (error: { failure: string; retryAfterMs: number; message: string }) => error,
  );

describe('Retry-After', () => {
  it.each([429, 503])(
    'of a %d response pauses all calls, which report the remaining time',
    async (status) => {
      connect();
      serve = (_, response) => void response.writeHead(status, { 'retry-after': '30' }).end('{}');
      expect(await failureOf(client.getJson('/1'))).toMatchObject({
        failure: 'failed',
        retryAfterMs: 30_000,
      });
      const later = await Promise.all(
        Array.from({ length: 8 }, (_, index) => failureOf(client.getJson(`/${index + 2}`))),
      );
      for (const error of later) {
        expect(error?.failure).toBe('busy');
        expect(error?.retryAfterMs).toBeGreaterThan(29_000);
        expect(error?.retryAfterMs).toBeLessThanOrEqual(30_000);
      }
      expect(calls).toEqual(['/1']);
    },
  );

  it('also pauses queued calls', async () => {
    connect({ concurrency: 1 });
    serve = (_, response) => void response.writeHead(429, { 'retry-after': '30' }).end('{}');
    const failures = await Promise.all(['/1', '/2', '/3'].map((path) => failureOf(client.getJson(path))));
    expect(failures.map((error) => error?.failure)).toEqual(['failed', 'busy', 'busy']);
    expect(calls).toEqual(['/1']);
  });

  it('is capped', async () => {
    connect({ maxRetryAfterMs: 300, retryAttempts: 0 });
    serve = (_, response) => void response.writeHead(429, { 'retry-after': '3600' }).end('{}');
    expect(await failureOf(client.getJson('/1'))).toMatchObject({ failure: 'failed', retryAfterMs: 300 });
    expect((await failureOf(client.getJson('/2')))?.failure).toBe('busy');
    await delay(320);
    serve = (_, response) => void response.end('{}');
    expect((await client.getJson('/3')).status).toBe(200);
  });

  it('with a short delay is waited out by the calls that received it', async () => {
    connect();
    let answers = 0;
    serve = (_, response) => {
      const isEarly = ++answers <= 4;
      response.writeHead(isEarly ? 429 : 200, isEarly ? { 'retry-after': '1' } : {}).end('{}');
    };
    const paths = ['/1', '/2', '/3', '/4'];
    const replies = await Promise.all(paths.map((path) => client.getJson(path)));
    expect(replies.map(({ status }) => status)).toEqual([200, 200, 200, 200]);
  });

  it('of other responses does not pause calls', async () => {
    connect({ retryAttempts: 0 });
    serve = (_, response) => void response.writeHead(500, { 'retry-after': '30' }).end('{}');
    await failureOf(client.getJson('/1'));
    await failureOf(client.getJson('/2'));
    expect(calls).toEqual(['/1', '/2']);
  });
});

describe('a response', () => {
  /** Sends until the client disconnects or everything is sent. */
  const flood = (response: ServerResponse, bytes: number): Promise<number> =>
    new Promise((resolve) => {
      const chunk = Buffer.alloc(65_536, 0x20);
      let sent = 0;
      const send = (): void => {
        while (sent < bytes && !response.destroyed) {
          sent += chunk.length;
          if (!response.write(chunk)) return void response.once('drain', send);
        }
        if (!response.destroyed) response.end('{}');
      };
      response.on('close', () => resolve(sent));
      response.writeHead(200);
      send();
    });

  it('that is too large is aborted, rejected and not retried', async () => {
    connect({ maxResponseBytes: 1_000_000 });
    let sent: Promise<number> | undefined;
    serve = (_, response) => void (sent = flood(response, 200_000_000));
    const error = await failureOf(client.getJson('/1'));
    expect(error).toMatchObject({
      failure: 'invalid-answer',
      message: 'test: the response is larger than 1000000 bytes',
    });
    expect(await sent).toBeLessThan(50_000_000);
    expect(calls).toHaveLength(1);
  });

  it('may be as large as the call allows', async () => {
    connect({ maxResponseBytes: 10 });
    serve = (_, response) => void response.end(`{"a":"${'x'.repeat(90)}"}`);
    expect(await client.postJson('/1', {}, { maxResponseBytes: 98 })).toEqual({ a: 'x'.repeat(90) });
    expect((await failureOf(client.postJson('/1', {}, { maxResponseBytes: 97 })))?.failure).toBe(
      'invalid-answer',
    );
  });

  it('with an error keeps its status, regardless of its size', async () => {
    connect({ retryAttempts: 0 });
    serve = (_, response) => {
      response.writeHead(400);
      response.end(Buffer.alloc(5_000_000, 0x20));
    };
    expect(await failureOf(client.getJson('/1'))).toMatchObject({
      failure: 'rejected',
      message: 'test: HTTP 400',
    });
  });
});
