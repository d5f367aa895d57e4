import { Redis } from 'ioredis';
import { connectClient } from '../fixtures/redis-client.js';
import { TestRedisServer } from '../fixtures/redis-server.js';
import { interleave, percentile, table } from './rounds.js';

const roundMs = 1500;
const bulkKeys = Array.from({ length: 1000 }, (_, index) => `bulk:${index}`);

/** Returns the p99 in ms of sequential small GETs while replies of 6 MB are being transferred. */
async function p99WithBulk(get: () => Promise<unknown>, bulk: () => Promise<unknown>): Promise<number> {
  const latenciesMs: number[] = [];
  const end = new AbortController();
  const transfers = [1, 2].map(async () => {
    while (!end.signal.aborted) await bulk();
  });
  const endMs = performance.now() + roundMs;
  while (performance.now() < endMs) {
    const startedMs = performance.now();
    await get();
    latenciesMs.push(performance.now() - startedMs);
  }
  end.abort();
  await Promise.all(transfers);
  return percentile(latenciesMs, 0.99);
}

/** Compares small GETs during bulk transfers: one connection for both, or the pool's separate connections. */
export async function poolIsolation(): Promise<string> {
  const server = await TestRedisServer.start();
  const single = new Redis(server.port, '127.0.0.1');
  const client = await connectClient({ REDIS_URL: server.url, REDIS_BUDGET_MS: '5000' });
  await Promise.all(bulkKeys.map((key) => single.set(key, Buffer.alloc(6144))));
  await single.set('small', 'x');
  const comparisons = await interleave(5, [
    [
      'one ioredis connection for both',
      () =>
        p99WithBulk(
          () => single.getBuffer('small'),
          () => single.mgetBuffer(...bulkKeys),
        ),
    ],
    [
      'Marquee, separate connections',
      () =>
        p99WithBulk(
          () => client.get(client.newBudget(), 'small'),
          () => client.getMany(client.newBudget(), bulkKeys),
        ),
    ],
  ]);
  client.close();
  single.disconnect();
  await server.stop();
  return table('p99 of small GETs during 6 MB replies, ms (lower is better)', comparisons);
}
