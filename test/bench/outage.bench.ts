import { randomUUID } from 'node:crypto';
import { setTimeout as delay } from 'node:timers/promises';
import { defineNamespace, jsonCodec } from '@app/cache';
import { createCache } from '../fixtures/cache.js';
import { connectClient } from '../fixtures/redis-client.js';
import { TestRedisServer } from '../fixtures/redis-server.js';
import { bento, cacheable, cacheManager } from './cache-peers.js';
import { percentile } from './rounds.js';

const upstreamMs = 5;
const calls = 200;
const patienceMs = 3_000;
const values = defineNamespace({ name: 'bench-outage', codec: jsonCodec<unknown>(), ttlSeconds: 60 });

/** Measures how long callers wait for new keys while Redis is frozen: an upstream of 5 ms, eight calls in parallel. */
export async function outage(): Promise<string> {
  const server = await TestRedisServer.start();
  const client = await connectClient({ REDIS_URL: server.url });
  const { cache } = createCache(client);
  const load = async (): Promise<unknown> => {
    await delay(upstreamMs);
    return { answer: 42 };
  };
  const peers = [bento(server.port), cacheManager(server.port), cacheable(server.port)];
  const contenders: [string, (key: string) => Promise<unknown>][] = [
    ['Marquee', (key) => cache.getOrLoadOne(values, key, load)],
    ...peers.map((peer): [string, (key: string) => Promise<unknown>] => [
      peer.name,
      (key) => peer.getOrSet(key, load),
    ]),
  ];
  for (const [, ask] of contenders) await ask('warm');
  server.freeze();
  const rows: string[] = [];
  for (const [name, ask] of contenders) {
    const waitedMs: number[] = [];
    const endMs = performance.now() + 3 * patienceMs;
    await Promise.all(
      Array.from({ length: 8 }, async () => {
        while (waitedMs.length < calls && performance.now() < endMs) {
          const startedMs = performance.now();
          await Promise.race([ask(randomUUID()).catch(() => undefined), delay(patienceMs)]);
          waitedMs.push(performance.now() - startedMs);
        }
      }),
    );
    const ms = (share: number): string => {
      const waited = percentile(waitedMs, share);
      return waited >= patienceMs ? `> ${patienceMs}` : waited.toFixed(1);
    };
    rows.push(`| ${name} | ${waitedMs.length} | ${ms(0.5)} | ${ms(0.99)} | ${ms(1)} |`);
  }
  await server.kill();
  client.close();
  await Promise.all(peers.map((peer) => Promise.race([peer.close().catch(() => undefined), delay(1_000)])));
  await server.stop();
  return [
    `Budget 75 ms, upstream ${upstreamMs} ms`,
    '',
    '| contender | calls | p50, ms | p99, ms | max, ms |',
    '|---|---|---|---|---|',
    ...rows,
  ].join('\n');
}
