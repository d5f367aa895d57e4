import type { ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { setTimeout as delay } from 'node:timers/promises';
import { defineNamespace, jsonCodec } from '@app/cache';
import { Redis } from 'ioredis';
import { createCache } from '../fixtures/cache.js';
import { connectClient } from '../fixtures/redis-client.js';
import { TestRedisServer } from '../fixtures/redis-server.js';
import { bento, cacheable, cacheManager, type Peer } from './cache-peers.js';
import { forkSelf } from './process.js';
import { median } from './rounds.js';

const rounds = 5;
const processes = 2;
const callers = 10_000;
const upstreamMs = 50;

type GetOrSet = (key: string, load: () => Promise<unknown>) => Promise<unknown>;

const contenders: Record<string, (port: number) => Promise<GetOrSet>> = {
  Marquee: async (port) => {
    const { cache } = createCache(await connectClient({ REDIS_URL: `redis://127.0.0.1:${port}` }));
    const movies = defineNamespace({
      name: 'bench-stampede',
      codec: jsonCodec<unknown>(),
      ttlSeconds: 3_600,
    });
    return async (key, load) => (await cache.getOrLoadOne(movies, key, load)).value;
  },
  'bentocache, Redis': (port) => ofPeer(bento(port)),
  'cache-manager + @keyv/redis': (port) => ofPeer(cacheManager(port)),
  'cacheable, Redis': (port) => ofPeer(cacheable(port)),
};

const ofPeer = (peer: Peer): Promise<GetOrSet> => Promise.resolve((key, load) => peer.getOrSet(key, load));

/** Runs in each process: for every message, all its callers request that key concurrently. */
export async function stampedeProcess(name: string, port: number): Promise<void> {
  const getOrSet = await (contenders[name] as (port: number) => Promise<GetOrSet>)(port);
  const counter = new Redis(port, '127.0.0.1');
  process.on('message', (key: string) => {
    const load = async (): Promise<unknown> => {
      await counter.incr(`calls:${key}`);
      await delay(upstreamMs);
      return { id: 1, title: 'Heat' };
    };
    const startedMs = performance.now();
    void Promise.all(Array.from({ length: callers / processes }, () => getOrSet(key, load))).then(() =>
      process.send?.({ ms: performance.now() - startedMs }),
    );
  });
  await getOrSet('warm', () => Promise.resolve({ id: 0 }));
  process.send?.({ isReady: true });
}

/** Ten thousand callers in two processes miss the same key: counts upstream calls and measures the time until all are served. */
export async function stampede(): Promise<string> {
  const server = await TestRedisServer.start();
  const found: Record<string, { calls: number[]; ms: number[] }> = {};
  const names = Object.keys(contenders);
  const children = new Map(
    await Promise.all(
      names.map(async (name) => {
        const all = Array.from({ length: processes }, () =>
          forkSelf('stampede-process', name, String(server.port)),
        );
        await Promise.all(all.map((child) => once(child, 'message')));
        return [name, all] as const;
      }),
    ),
  );
  // The first round is a warm-up.
  for (let round = 0; round <= rounds; round++) {
    for (const name of names) {
      const key = `movie-${round}-${name.replaceAll(/\W/g, '')}`;
      const ms = await Promise.all(
        (children.get(name) as ChildProcess[]).map(async (child) => {
          const answered = once(child, 'message') as Promise<[{ ms: number }]>;
          child.send(key);
          return (await answered)[0].ms;
        }),
      );
      const calls = Number(await server.redis.get(`calls:${key}`));
      const figures = (found[name] ??= { calls: [], ms: [] });
      if (round > 0) {
        figures.calls.push(calls);
        figures.ms.push(Math.max(...ms));
      }
    }
  }
  for (const child of [...children.values()].flat()) child.kill('SIGKILL');
  await server.stop();
  return [
    `${callers} callers in ${processes} processes, upstream ${upstreamMs} ms`,
    '',
    '| contender | upstream calls, median | most | until all are served, median ms | of the upstream |',
    '|---|---|---|---|---|',
    ...Object.entries(found).map(
      ([name, { calls, ms }]) =>
        `| ${name} | ${median(calls)} | ${Math.max(...calls)} | ${median(ms).toFixed(0)} | ${(median(ms) / upstreamMs).toFixed(2)} |`,
    ),
  ].join('\n');
}
