import { execFile } from 'node:child_process';
import { once } from 'node:events';
import { join } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import { promisify } from 'node:util';
import { createCache } from '../fixtures/cache.js';
import { connectClient } from '../fixtures/redis-client.js';
import { TestRedisServer } from '../fixtures/redis-server.js';
import { forkProgram } from './process.js';
import { median } from './rounds.js';

const rounds = 5;
const keys = 1_000_000;

/** Purges a million keys by pattern, and measures the duration and the effect on another client's GETs. */
export async function purge(): Promise<string> {
  const server = await TestRedisServer.start();
  const client = await connectClient({ REDIS_URL: server.url });
  await server.redis.set('prod:session:x', 'x');
  const { cache } = createCache(client);
  const contenders: [name: string, purge: () => Promise<unknown>][] = [
    ['redis-cli --scan, piped to UNLINK (limit)', () => byCommandLine(server.port)],
    [
      'Marquee',
      async () => {
        const options = { dryRun: false, signal: new AbortController().signal };
        for await (const { deleted } of cache.deletePattern('cache:big:*', options)) void deleted;
      },
    ],
  ];
  const found = contenders.map(() => ({
    seconds: [] as number[],
    idleP99Ms: [] as number[],
    p99Ms: [] as number[],
  }));
  for (let round = 0; round < rounds; round++) {
    for (const [index, [, run]] of contenders.entries()) {
      await server.redis.call('DEBUG', 'POPULATE', String(keys), 'prod:cache:big', '32');
      const before = await otherClient(server.port);
      await delay(2_000);
      const figures = found[index] as (typeof found)[number];
      figures.idleP99Ms.push(await before.stop());
      const during = await otherClient(server.port);
      const startedMs = performance.now();
      await run();
      figures.seconds.push((performance.now() - startedMs) / 1000);
      figures.p99Ms.push(await during.stop());
      const left = await server.redis.dbsize();
      if (left !== 1) throw new Error(`${left} keys are left`);
    }
  }
  client.close();
  await server.stop();
  return [
    '| contender | seconds, median | other client’s GET p99 before, ms | during, ms | ratio |',
    '|---|---|---|---|---|',
    ...contenders.map(([name], index) => {
      const { seconds, idleP99Ms, p99Ms } = found[index] as (typeof found)[number];
      const ratio = median(p99Ms.map((ms, round) => ms / (idleP99Ms[round] as number)));
      return `| ${name} | ${median(seconds).toFixed(1)} | ${median(idleP99Ms).toFixed(2)} | ${median(p99Ms).toFixed(2)} | ${ratio.toFixed(2)} |`;
    }),
  ].join('\n');
}

/** Purges as an operator would with redis-cli. */
async function byCommandLine(port: number): Promise<void> {
  const cli = `redis-cli -p ${port}`;
  await promisify(execFile)('sh', [
    '-c',
    `${cli} --scan --pattern 'prod:cache:big:*' | xargs -n 1000 ${cli} UNLINK > /dev/null`,
  ]);
}

/** Measures the p99 of another client's GETs until `stop` is called. */
async function otherClient(port: number): Promise<{ stop: () => Promise<number> }> {
  const child = forkProgram(join(process.cwd(), 'test', 'bench', 'get-latencies.mjs'), [String(port)]);
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
