import { afterAll, beforeAll, beforeEach, describe, expect, it } from '@jest/globals';
import { toMarqueeConfig, validateEnvironment } from '@app/config';
import {
  EventConsumer,
  type EventHandler,
  EventsRepository,
  GroupsRepository,
  type StreamEvent,
} from '@app/events';
import type { RedisClient } from '@app/redis';
import { connectClient } from '../fixtures/redis-client.js';
import { TestRedisServer } from '../fixtures/redis-server.js';
import { until } from '../fixtures/until.js';

const stream = 'prod:transcription_events';
const options = { claimIdleMs: 300, attempts: 3, concurrency: 8 };
const silent = { handled: () => undefined };

let redis: TestRedisServer;
let clients: RedisClient[];

beforeAll(async () => {
  redis = await TestRedisServer.start();
});
afterAll(() => redis.stop());
beforeEach(async () => {
  for (const client of clients ?? []) client.close();
  clients = [];
  await redis.redis.flushall();
});
afterAll(() => {
  for (const client of clients) client.close();
});

const repositoryWith = async (variables: Record<string, string> = {}): Promise<EventsRepository> => {
  const all = { REDIS_URL: redis.url, REDIS_BUDGET_MS: '2000', ...variables };
  const client = await connectClient(all);
  clients.push(client);
  return new EventsRepository(client, toMarqueeConfig(validateEnvironment(all)));
};
const groupsWith = async (variables: Record<string, string> = {}): Promise<GroupsRepository> => {
  const client = await connectClient({ REDIS_URL: redis.url, REDIS_BUDGET_MS: '2000', ...variables });
  clients.push(client);
  return new GroupsRepository(client);
};
const publish = async (count: number, type = 'transcript_completed'): Promise<void> => {
  for (let from = 0; from < count; from += 1000) {
    const pipeline = redis.redis.pipeline();
    for (let number = from; number < Math.min(count, from + 1000); number++) {
      const fields = [
        'event_type',
        type,
        'session_id',
        `s${number}`,
        'tenant_id',
        'default',
        'transcript',
        `${number}`,
      ];
      pipeline.xadd(stream, '*', ...fields, 'timestamp', 'now');
    }
    await pipeline.exec();
  }
};
const pendingOf = async (group: string): Promise<number> =>
  ((await redis.redis.xpending(stream, group)) as [number])[0];

describe(EventConsumer.name, () => {
  it('handles each event at least once, even if consumers die, and dead-letters poison events', async () => {
    // EVENTS=100000 for a longer run.
    const events = Number(process.env['EVENTS'] ?? 10_000);
    const poison = new Set(['17', '4711']);
    await publish(events);
    const handled = new Map<string, number>();
    const handler: EventHandler = {
      group: 'g',
      handle: ({ transcript }: StreamEvent) => {
        if (poison.has(transcript)) return Promise.reject(new Error(`poison ${transcript}`));
        handled.set(transcript, (handled.get(transcript) ?? 0) + 1);
        return Promise.resolve();
      },
    };
    /** A handler whose process stops responding after a number of events, which it never acknowledges. */
    const doomed = (after: number): EventHandler => {
      let left = after;
      return {
        group: 'g',
        handle: (event, signal) =>
          left-- > 0 ? handler.handle(event, signal) : new Promise(() => undefined),
      };
    };
    const start = async (which: EventHandler): Promise<EventConsumer> => {
      const consumer = new EventConsumer(await groupsWith(), which, silent, options);
      consumer.start();
      return consumer;
    };
    const living = [await start(handler)];
    await Promise.all([start(doomed(500)), start(doomed(1000)), start(doomed(1500))]);
    await until('three are dead', async () => handled.size > 4000, 30_000);
    living.push(await start(handler));
    await until('all are handled', () => handled.size === events - poison.size, 300_000);
    await until('nothing is pending', async () => (await pendingOf('g')) === 0, 20_000);
    const dead = (await redis.redis.xrange(`${stream}:dead`, '-', '+')).map(([, fields]) => fields);
    expect(dead.map((fields) => String(fields[fields.indexOf('transcript') + 1])).toSorted()).toEqual([
      '17',
      '4711',
    ]);
    expect(dead.map((fields) => String(fields[fields.indexOf('reason') + 1])).toSorted()).toEqual([
      'poison 17',
      'poison 4711',
    ]);
    expect(dead.every((fields) => Number(fields[fields.indexOf('deliveries') + 1]) >= 3)).toBe(true);
    expect(await redis.redis.exists(`${stream}:failures:g`)).toBe(0);
    await Promise.all(living.map((consumer) => consumer.stop()));
  }, 600_000);

  it('delivers every event to each group, and only wanted types to the handler', async () => {
    await publish(20);
    await publish(5, 'transcript_appended');
    const seen = { a: 0, b: 0 };
    const handlers: EventHandler[] = [
      { group: 'a', handle: async () => void (await Promise.resolve(seen.a++)) },
      {
        group: 'b',
        types: ['transcript_completed'],
        handle: async () => void (await Promise.resolve(seen.b++)),
      },
    ];
    const groups = await groupsWith();
    const consumers = handlers.map((handler) => new EventConsumer(groups, handler, silent, options));
    for (const consumer of consumers) consumer.start();
    await until('both have all', () => seen.a === 25 && seen.b === 20);
    await until('all are acknowledged', async () => (await pendingOf('a')) + (await pendingOf('b')) === 0);
    await Promise.all(consumers.map((consumer) => consumer.stop()));
    expect(await redis.redis.xinfo('CONSUMERS', stream, 'a')).toEqual([]);
  });

  it('retries failed events, and deletes their records when they succeed', async () => {
    await publish(3);
    const attempts = new Map<string, number>();
    const handler: EventHandler = {
      group: 'g',
      handle: ({ id }) => {
        attempts.set(id, (attempts.get(id) ?? 0) + 1);
        return attempts.get(id) === 1 ? Promise.reject(new Error('not yet')) : Promise.resolve();
      },
    };
    const consumer = new EventConsumer(await groupsWith(), handler, silent, options);
    consumer.start();
    await until('all are handled', () => [...attempts.values()].filter((count) => count === 2).length === 3);
    await until('nothing is pending', async () => (await pendingOf('g')) === 0);
    expect(await redis.redis.exists(`${stream}:dead`)).toBe(0);
    await until('no failure is kept', async () => (await redis.redis.exists(`${stream}:failures:g`)) === 0);
    await consumer.stop();
  });

  it('continues after its connection was closed, and after the stream was emptied', async () => {
    const seen = new Set<string>();
    const handler: EventHandler = {
      group: 'g',
      handle: async ({ id }) => void (await Promise.resolve(seen.add(id))),
    };
    const consumer = new EventConsumer(await groupsWith(), handler, silent, options);
    consumer.start();
    await publish(5);
    await until('five are handled', () => seen.size === 5);
    await redis.redis.call('CLIENT', 'KILL', 'TYPE', 'normal');
    await publish(5);
    await until('ten are handled', () => seen.size === 10);
    await redis.redis.unlink(stream);
    await publish(5);
    await until('fifteen are handled', () => seen.size === 15);
    await consumer.stop();
  });
});

describe(EventsRepository.name, () => {
  const event = {
    type: 'transcript_appended',
    sessionId: 's',
    tenantId: 't',
    transcript: 'x',
    timestamp: 'now',
  } as const;

  it('publishes the five documented fields, and more only if the text is longer than the event', async () => {
    const repository = await repositoryWith();
    const reference = { bytes: 9_000, firstChunk: 3, lastChunk: 4 };
    await repository.publish(event);
    await repository.publish({ ...event, reference });
    const entries = (await redis.redis.xrange(stream, '-', '+')).map(([, fields]) => fields.join(' '));
    const documented = 'event_type transcript_appended session_id s tenant_id t transcript x timestamp now';
    expect(entries).toEqual([documented, `${documented} transcript_bytes 9000 chunks_from 3 chunks_to 4`]);
    const read = await repository.withReader((reader) => repository.wait(reader, '0-0', 10, 100));
    const id = expect.stringMatching(/^\d+-\d+$/);
    expect(read).toEqual([
      { ...event, id },
      { ...event, id, reference },
    ]);
  });
});

describe('trimming', () => {
  it('keeps about the maximum number of entries', async () => {
    const repository = await repositoryWith({ EVENTS_MAX_LENGTH: '1000' });
    await publish(3500);
    await until(
      'it is trimmed',
      async () => ((await repository.trim())?.trimmed ?? 0) >= 0 && (await redis.redis.xlen(stream)) <= 1000,
    );
    expect(await redis.redis.xlen(stream)).toBe(1000);
  });

  it('keeps entries that a consumer group has not acknowledged, even beyond the maximum', async () => {
    const repository = await repositoryWith({ EVENTS_MAX_LENGTH: '100' });
    await (await groupsWith()).open('behind');
    await publish(1500);
    await redis.redis.xreadgroup('GROUP', 'behind', 'c', 'COUNT', 300, 'STREAMS', stream, '>');
    for (let times = 0; times < 5; times++) await repository.trim();
    expect(await redis.redis.xlen(stream)).toBe(1500);
    const [first] = await redis.redis.xrange(stream, '-', '+', 'COUNT', 300);
    const ids = (await redis.redis.xrange(stream, '-', '+', 'COUNT', 300)).map(([id]) => id);
    await redis.redis.xack(stream, 'behind', ...ids);
    for (let times = 0; times < 5; times++) await repository.trim();
    // The last delivered entry stays, because it marks the position of the group.
    expect(await redis.redis.xlen(stream)).toBe(1201);
    expect((await redis.redis.xrange(stream, '-', '+', 'COUNT', 1))[0]?.[0]).not.toBe(first?.[0]);
  });

  it('drops unread entries of a consumer group that is too far behind, and counts them', async () => {
    const repository = await repositoryWith({ EVENTS_MAX_LENGTH: '100' });
    await (await groupsWith()).open('gone');
    await publish(2500);
    expect(await repository.trim()).toMatchObject({ unread: expect.any(Number) });
    expect(await redis.redis.xlen(stream)).toBeLessThanOrEqual(2100);
  });

  it('removes entries beyond the maximum age', async () => {
    const repository = await repositoryWith({ EVENTS_MAX_AGE_SECONDS: '60' });
    const oldMs = Date.now() - 120_000;
    await redis.redis.xadd(stream, `${oldMs}-1`, 'event_type', 'x');
    await publish(3);
    await repository.trim();
    expect(await redis.redis.xlen(stream)).toBe(3);
  });
});
