import { setTimeout as delay } from 'node:timers/promises';
import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import { RedisBudget, type RedisClient, type RedisScript } from '@app/redis';
import { SessionsUnavailableError } from '@app/sessions';
import { connectClient } from '../fixtures/redis-client.js';
import { TestRedisServer } from '../fixtures/redis-server.js';
import { createSessions } from '../fixtures/sessions.js';
import { TcpProxy } from '../fixtures/tcp-proxy.js';
import { until } from '../fixtures/until.js';

const usualMs = 75;
const patientMs = 10 * usualMs;
/** The budget is 75 ms; the rest allows for a busy two-core machine. */
const boundMs = 500;
const source = "return redis.call('INCR', KEYS[1])";
const increment: RedisScript = {
  name: 'increment-1',
  source,
  sha1: '0000000000000000000000000000000000000000',
};

let server: TestRedisServer;
let client: RedisClient;
const stops: (() => Promise<unknown> | void)[] = [];

const patient = () => new RedisBudget(patientMs);
const timed = async <T>(call: () => Promise<T>): Promise<[result: T, tookMs: number]> => {
  const startedMs = performance.now();
  const result = await call();
  return [result, performance.now() - startedMs];
};
/** Sends calls with the usual budget, as other requests do, until the breaker opens. */
const untilOpen = () =>
  until('the breaker is open', async () => {
    await Promise.all(Array.from({ length: 10 }, () => client.get(client.newBudget(), 'prod:test:none')));
    return client.status.breaker !== 'closed';
  });

beforeEach(async () => {
  server = await TestRedisServer.start();
  stops.unshift(() => server.stop());
});
afterEach(async () => {
  server.thaw();
  for (const stop of stops.splice(0)) await stop();
});
const connect = async (url = server.url): Promise<void> => {
  client = await connectClient({ REDIS_URL: url, REDIS_BUDGET_MS: `${usualMs}` });
  stops.unshift(() => client.close());
};

describe('while Redis is available only intermittently', () => {
  it('runs patient writes once each, while calls with the usual budget fail at once', async () => {
    await connect();
    const { service: sessions, transcripts } = createSessions(client);
    const flaps = 10;
    const stopping = new AbortController();
    const hotMs: number[] = [];
    const hot = async (): Promise<void> => {
      while (!stopping.signal.aborted) {
        const [, tookMs] = await timed(() => client.get(client.newBudget(), 'prod:test:none'));
        hotMs.push(tookMs);
        await delay(1);
      }
    };
    let [acknowledged, refused, otherErrors] = [0, 0, 0];
    const write = async (writer: number): Promise<void> => {
      const { id } = await sessions.create(patient(), 'acme', {});
      const written: string[] = [];
      for (let index = 0; !stopping.signal.aborted; index++) {
        const chunk = `${writer}-${index}`;
        const append = { chunks: [chunk], idempotencyKey: chunk };
        try {
          await transcripts.append(patient(), 'acme', id, append);
          written.push(chunk);
          acknowledged++;
        } catch (error) {
          if (error instanceof SessionsUnavailableError) refused++;
          else otherErrors++;
        }
        await delay(5);
      }
      const kept = await until('Redis is available', () =>
        transcripts.page(patient(), 'acme', id, 0, 100_000).catch(() => undefined),
      );
      // Refused writes may have run at most once; acknowledged ones ran exactly once.
      expect(kept.chunks.length).toBe(new Set(kept.chunks).size);
      expect(written.filter((chunk) => !kept.chunks.includes(chunk))).toEqual([]);
    };
    const callers = [
      ...Array.from({ length: 8 }, hot),
      ...Array.from({ length: 16 }, (_, writer) => write(writer)),
    ];
    await until('writes are acknowledged', () => acknowledged > 50);
    [acknowledged, refused] = [0, 0];
    let opened = 0;
    for (let flap = 0; flap < flaps; flap++) {
      server.freeze();
      await delay(300);
      if (client.status.breaker !== 'closed') opened++;
      server.thaw();
      await delay(300);
    }
    stopping.abort();
    await Promise.all(callers);
    hotMs.sort((a, b) => a - b);
    const p99 = hotMs[Math.floor(0.99 * hotMs.length)] ?? 0;
    process.stdout.write(
      `${acknowledged} writes acknowledged, ${refused} refused; breaker open in ${opened} of ${flaps} stops; hot p99 ${p99.toFixed(1)} ms\n`,
    );
    expect(opened).toBeGreaterThan(flaps / 2);
    expect(otherErrors).toBe(0);
    expect(refused).toBeLessThanOrEqual(0.01 * (acknowledged + refused));
    expect(hotMs.at(-1)).toBeLessThan(boundMs);
  });

  it('sends waiting patient calls once each, after Redis has recovered', async () => {
    await connect();
    server.freeze();
    await untilOpen();
    const calls = Array.from({ length: 200 }, () => client.command(patient(), 'INCR', 'prod:test:counter'));
    const [hot, hotMs] = await timed(() => client.command(client.newBudget(), 'INCR', 'prod:test:counter'));
    expect(hot).toMatchObject({ status: 'unavailable', mayHaveRun: false });
    expect(hotMs).toBeLessThan(usualMs);
    await delay(100);
    server.thaw();
    expect((await Promise.all(calls)).every(({ status }) => status === 'ok')).toBe(true);
    expect(await server.redis.get('prod:test:counter')).toBe('200');
  });

  it('bounds the wait by the budget, and does not wait for a Redis that has been unavailable for long', async () => {
    await connect();
    server.freeze();
    await untilOpen();
    const [first, firstMs] = await timed(() => client.command(patient(), 'INCR', 'prod:test:counter'));
    expect(first).toMatchObject({ status: 'unavailable', mayHaveRun: false });
    expect(firstMs).toBeGreaterThan(usualMs);
    expect(firstMs).toBeLessThan(patientMs + boundMs);
    await delay(2_000);
    const [, laterMs] = await timed(() => client.command(patient(), 'INCR', 'prod:test:counter'));
    expect(laterMs).toBeLessThan(usualMs);
  });

  it('fails at once when a thousand calls already wait', async () => {
    await connect();
    server.freeze();
    await untilOpen();
    const waiting = Array.from({ length: 1_000 }, () => client.ping(patient()));
    const [, tookMs] = await timed(() => client.ping(patient()));
    expect(tookMs).toBeLessThan(usualMs);
    server.thaw();
    await Promise.all(waiting);
  });
});

describe('when a connection is lost during a patient call', () => {
  let proxy: TcpProxy;

  beforeEach(async () => {
    proxy = await TcpProxy.start(server.port);
    stops.unshift(() => proxy.stop());
    await connect(`redis://127.0.0.1:${proxy.port}`);
  });

  const cutUnderCall = async (idempotent: boolean) => {
    proxy.delayReplies(300);
    const call = client.run(patient(), increment, { keys: ['prod:test:counter'], args: [], idempotent });
    // The server does not know the script: after the reply to EVALSHA, EVAL runs.
    await until('it has run', async () => (await server.redis.get('prod:test:counter')) === '1');
    proxy.delayReplies(0);
    proxy.cut();
    return call;
  };

  it('repeats the call if it is idempotent', async () => {
    expect(await cutUnderCall(true)).toEqual({ status: 'ok', value: 2 });
  });

  it('reports that the call may have run if it is not idempotent', async () => {
    expect(await cutUnderCall(false)).toMatchObject({ status: 'unavailable', mayHaveRun: true });
    expect(await server.redis.get('prod:test:counter')).toBe('1');
  });
});
