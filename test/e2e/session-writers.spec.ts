import { setTimeout as delay } from 'node:timers/promises';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { MarqueeProcess } from '../fixtures/marquee-process.js';
import { TestRedisServer } from '../fixtures/redis-server.js';

/** Sessions, writers per session, and chunks per writer. WRITING=50x20x1000 is the full size. */
const [sessions = 0, writers = 0, chunks = 0] = (process.env['WRITING'] ?? '5x8x60').split('x').map(Number);
const lateness = 100_000 + sessions * writers * chunks * 2;

describe('many writers, while processes are killed and connections cut', () => {
  let redis: TestRedisServer;
  let processes: MarqueeProcess[];
  let urls: string[];

  beforeAll(async () => {
    redis = await TestRedisServer.start();
    processes = [start(), start()];
    urls = await Promise.all(processes.map((marquee) => marquee.ready()));
  });
  afterAll(async () => {
    await Promise.all(processes.map((marquee) => marquee.stop('SIGKILL')));
    await redis.stop();
  });

  const start = (): MarqueeProcess => MarqueeProcess.start({ REDIS_URL: redis.url, REDIS_BUDGET_MS: '500' });

  /** Restarts a process on its previous port, so that clients find it again. */
  const restart = async (index: number): Promise<void> => {
    const { port } = new URL(urls[index] as string);
    await processes[index]?.stop('SIGKILL');
    processes[index] = MarqueeProcess.start({
      REDIS_URL: redis.url,
      LOG_LEVEL: 'info',
      PORT: port,
      REDIS_BUDGET_MS: '500',
    });
    await processes[index]?.ready();
  };

  /** Retries with the same key until the call is acknowledged, alternately on both processes. */
  const insist = async (path: string, body: unknown, key: string): Promise<Record<string, unknown>> => {
    for (let attempt = 0; ; attempt++) {
      try {
        const response = await fetch(`${urls[attempt % 2] as string}/v1${path}`, {
          method: 'POST',
          headers: { 'content-type': 'application/json', 'idempotency-key': key },
          body: JSON.stringify(body),
          signal: AbortSignal.timeout(5_000),
        });
        const answer = (await response.json()) as Record<string, unknown>;
        if (response.ok) return answer;
        if (response.status !== 503) throw new TypeError(`${response.status} ${JSON.stringify(answer)}`);
      } catch (error) {
        if (error instanceof TypeError && /^\d{3} /.test(error.message)) throw error;
      }
      await delay(20 + Math.random() * 50); // a client's backoff
    }
  };

  it(
    'each acknowledged chunk is there once, in its writer’s order',
    async () => {
      const ids: string[] = [];
      for (let number = 0; number < sessions; number++)
        ids.push((await insist('/sessions', {}, 'none'))['id'] as string);
      const write = async (id: string, writer: number): Promise<void> => {
        for (let number = 0; number < chunks; number++) {
          const append = { chunks: [`${writer}:${number}`] };
          const key = `${writer}-${number}`;
          await insist(`/sessions/${id}/transcript`, append, key);
          // Now and then the answer was lost on the way, and the client tries again.
          if (Math.random() < 0.1) await insist(`/sessions/${id}/transcript`, append, key);
        }
      };
      const writing = Promise.all(
        ids.flatMap((id) => Array.from({ length: writers }, (_, writer) => write(id, writer))),
      );
      const finished = new AbortController();
      const disturb = async (): Promise<void> => {
        for (let round = 0; !finished.signal.aborted; round++) {
          await delay(300 + Math.random() * 700, undefined, { signal: finished.signal }).catch(
            () => undefined,
          );
          if (finished.signal.aborted) return;
          if (round % 3 === 2) await restart(Math.floor(round / 3) % 2);
          else await redis.redis.call('CLIENT', 'KILL', 'TYPE', 'normal', 'SKIPME', 'yes');
        }
      };
      const disturbing = disturb();
      await writing;
      finished.abort();
      await disturbing;
      for (const id of ids) {
        const stored = await redis.redis.lrange(`prod:session:${id}:transcript`, 0, -1);
        expect(stored).toHaveLength(writers * chunks);
        for (let writer = 0; writer < writers; writer++) {
          const own = stored.filter((text) => text.startsWith(`${writer}:`));
          expect(own).toEqual(Array.from({ length: chunks }, (_, number) => `${writer}:${number}`));
        }
      }
    },
    lateness,
  );
});
