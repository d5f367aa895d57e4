import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import { TestRedisServer } from '../fixtures/redis-server.js';
import { forkProgram, type Served, served, serveMarquee } from './process.js';
import { median } from './rounds.js';

const rounds = 5;
const idleMs = 3_000;

/** Measures the time from the start of a process until it listens, and its idle memory. */
export async function startUp(): Promise<string> {
  const redis = await TestRedisServer.start();
  const upstreams = { OPENAI_API_KEY: 'none', TMDB_ACCESS_TOKEN: 'none' };
  const contenders: Record<string, () => Promise<Served>> = {
    'bare Nest and Fastify': () =>
      served(() => forkProgram(join(process.cwd(), 'test', 'bench', 'bare-nest.mjs'))),
    'Marquee, OpenAI and TMDB configured': () => serveMarquee({ REDIS_URL: redis.url, ...upstreams }),
    'Marquee, local embedding model': () => serveMarquee({ REDIS_URL: redis.url }),
  };
  const found = Object.entries(contenders).map(([name, start]) => ({
    name,
    start,
    readyMs: [] as number[],
    idleMb: [] as number[],
  }));
  for (let round = 0; round < rounds; round++) {
    for (const { start, readyMs, idleMb } of found) {
      const server = await start();
      await delay(idleMs);
      readyMs.push(server.readyMs);
      idleMb.push(residentMb(server.pid));
      await server.stop();
    }
  }
  await redis.stop();
  const [first] = found;
  const ratio = (own: readonly number[], least: readonly number[] = []): string =>
    median(own.map((figure, round) => figure / (least[round] as number))).toFixed(2);
  return [
    '| contender | start to ready, median ms | ratio | idle, median MB | ratio |',
    '|---|---|---|---|---|',
    ...found.map(
      ({ name, readyMs, idleMb }) =>
        `| ${name} | ${median(readyMs).toFixed(0)} | ${ratio(readyMs, first?.readyMs)} | ${median(idleMb).toFixed(0)} | ${ratio(idleMb, first?.idleMb)} |`,
    ),
  ].join('\n');
}

const residentMb = (pid: number): number =>
  Number(/VmRSS:\s+(\d+)/.exec(readFileSync(`/proc/${pid}/status`, 'utf8'))?.[1] ?? Number.NaN) / 1024;
