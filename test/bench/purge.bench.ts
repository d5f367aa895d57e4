import { fork } from 'node:child_process';
import { once } from 'node:events';
import { join } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import { CachePurgeService, CacheRepository } from '@app/cache';
import { Redis } from 'ioredis';
import { connectClient } from '../fixtures/redis-client.js';
import { TestRedisServer } from '../fixtures/redis-server.js';

const keys = 1_000_000;

/** A million keys purged by pattern: how long it takes, and what another client's GETs feel of it. */
export async function purge(): Promise<string> {
  const server = await TestRedisServer.start();
  const client = await connectClient({ REDIS_URL: server.url });
  const other = new Redis(server.port, '127.0.0.1');
  await other.set('prod:session:x', 'x');
  const rows: string[] = [];
  for (let round = 0; round < 3; round++) {
    await other.call('DEBUG', 'POPULATE', String(keys), 'prod:cache:big', '32');
    const before = await otherClient(server.port);
    await delay(2000);
    const idleP99Ms = await before.stop();
    const during = await otherClient(server.port);
    const startedMs = performance.now();
    let deleted = 0;
    const purges = new CachePurgeService(new CacheRepository(client));
    const options = { dryRun: false, signal: new AbortController().signal };
    for await (const progress of purges.deletePattern('cache:big:*', options)) deleted = progress.deleted;
    const seconds = (performance.now() - startedMs) / 1000;
    const p99Ms = await during.stop();
    rows.push(
      `| ${round + 1} | ${deleted} | ${seconds.toFixed(1)} | ${idleP99Ms.toFixed(2)} | ${p99Ms.toFixed(2)} | ${(p99Ms / idleP99Ms).toFixed(2)} |`,
    );
  }
  client.close();
  other.disconnect();
  await server.stop();
  return [
    '| round | deleted | seconds | GET p99 idle, ms | GET p99 during, ms | ratio |',
    '|---|---|---|---|---|---|',
    ...rows,
  ].join('\n');
}

/** The p99 of another client's GETs, from now until `stop` is called. */
async function otherClient(port: number): Promise<{ stop: () => Promise<number> }> {
  const child = fork(join(process.cwd(), 'test', 'bench', 'get-latencies.mjs'), [String(port)]);
  await once(child, 'message');
  return {
    stop: async () => {
      const answer = once(child, 'message');
      child.send('stop');
      const [p99] = (await answer) as [number];
      return p99;
    },
  };
}
