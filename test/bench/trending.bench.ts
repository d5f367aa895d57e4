import { LocksRepository, LocksService } from '@app/locks';
import {
  LastKnownTrending,
  TrendingPublisher,
  TrendingRepository,
  TrendingRestorer,
  TrendingService,
} from '@app/trending';
import { Registry } from 'prom-client';
import { connectClient } from '../fixtures/redis-client.js';
import { TestRedisCluster } from '../fixtures/redis-cluster.js';
import { TestRedisServer } from '../fixtures/redis-server.js';
import { median, percentile } from './rounds.js';

const size = 10_000;
const swaps = 1_000;
const reads = 100_000;
const readers = 4;

const generation = (number: number): number[] =>
  Array.from({ length: size }, (_, index) => number * size + index + 1);

/** Reads 100,000 times while a set of 10,000 ids is swapped 1,000 times. No response may be empty or mixed. */
export async function trending(): Promise<string> {
  const server = await TestRedisServer.start();
  const standalone = await swapAndRead('standalone', server.url);
  await server.stop();
  const cluster = await TestRedisCluster.start();
  const clustered = await swapAndRead('Cluster', cluster.url);
  await cluster.stop();
  return [
    '| topology | reads | swaps | invalid responses | generations seen | read, median µs | read p99, µs | swap, median ms |',
    '|---|---|---|---|---|---|---|---|',
    standalone,
    clustered,
  ].join('\n');
}

async function swapAndRead(name: string, url: string): Promise<string> {
  const variables = { REDIS_URL: url, REDIS_BUDGET_MS: '2000' };
  const writer = await connectClient(variables);
  const reader = await connectClient(variables);
  const published = new LastKnownTrending();
  const publisher = new TrendingPublisher(
    new TrendingRepository(writer),
    new LocksService(new LocksRepository(writer)),
    published,
  );
  const source = { name: 'none', ranked: () => Promise.resolve([]) };
  const repository = new TrendingRepository(reader);
  const restorer = new TrendingRestorer(repository, publisher, published, new Registry());
  // Stands for another process, which reads what the publisher has written.
  const service = new TrendingService(repository, restorer, new LastKnownTrending(), source);
  await publisher.publish({ ids: generation(0), source: 'bench' });

  const [readMs, swapMs]: [number[], number[]] = [[], []];
  const seen = new Set<number>();
  const finished = { reads: 0, swaps: 0 };
  let faults = 0;
  const read = async (): Promise<void> => {
    while (finished.reads < reads || finished.swaps < swaps) {
      finished.reads++;
      const startedMs = performance.now();
      const { ids, isStale } = await service.get(reader.newBudget());
      readMs.push(performance.now() - startedMs);
      const number = Math.floor(((ids[0] ?? 0) - 1) / size);
      seen.add(number);
      const isWhole =
        ids.length === size && ids[size - 1] === (number + 1) * size && ids[5000] === number * size + 5001;
      if (!isWhole || isStale) faults++;
    }
  };
  const swap = async (): Promise<void> => {
    for (let number = 1; number <= swaps; number++) {
      const startedMs = performance.now();
      await publisher.publish({ ids: generation(number), source: 'bench' });
      swapMs.push(performance.now() - startedMs);
      finished.swaps++;
    }
  };
  await Promise.all([swap(), ...Array.from({ length: readers }, read)]);
  writer.close();
  reader.close();
  return `| ${name} | ${finished.reads} | ${swaps} | ${faults} | ${seen.size} | ${(median(readMs) * 1000).toFixed(0)} | ${(percentile(readMs, 0.99) * 1000).toFixed(0)} | ${median(swapMs).toFixed(1)} |`;
}
