import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it, jest } from '@jest/globals';
import { Logger } from '@nestjs/common';
import {
  EventConsumer,
  type ConsumerOptions,
  type EventHandler,
  EventRejectedError,
  GroupsRepository,
  RetryLaterError,
} from '@app/events';
import type { RedisClient } from '@app/redis';
import { connectClient } from '../fixtures/redis-client.js';
import { TestRedisServer } from '../fixtures/redis-server.js';
import { TcpProxy } from '../fixtures/tcp-proxy.js';
import { until } from '../fixtures/until.js';

const stream = 'prod:transcription_events';
const records = `${stream}:failures:g`;
const fast = { claimIdleMs: 300, attempts: 3, concurrency: 4, minRetryMs: 40, maxRetryMs: 200 };

let redis: TestRedisServer;
let clients: RedisClient[] = [];
let consumers: EventConsumer[] = [];
let outcomes: Record<string, number>;

beforeAll(async () => {
  redis = await TestRedisServer.start();
});
afterAll(() => redis.stop());
beforeEach(async () => {
  outcomes = {};
  await redis.redis.flushall();
});
afterEach(async () => {
  await Promise.all(consumers.splice(0).map((consumer) => consumer.stop()));
  for (const client of clients.splice(0)) client.close();
});

const start = async (
  handle: EventHandler['handle'],
  options: Partial<ConsumerOptions> = {},
  variables: Record<string, string> = {},
  types?: readonly string[],
): Promise<EventConsumer> => {
  const client = await connectClient({ REDIS_URL: redis.url, REDIS_BUDGET_MS: '2000', ...variables });
  clients.push(client);
  const listener = {
    handled: (_: string, outcome: string, count: number) =>
      void (outcomes[outcome] = (outcomes[outcome] ?? 0) + count),
  };
  const handler: EventHandler = { group: 'g', handle, ...(types && { types }) };
  const consumer = new EventConsumer(new GroupsRepository(client), handler, listener, {
    ...fast,
    ...options,
  });
  consumers.push(consumer);
  consumer.start();
  return consumer;
};
const publish = async (...transcripts: string[]): Promise<string[]> => {
  const ids: string[] = [];
  for (const transcript of transcripts) {
    const fields = ['event_type', 'transcript_completed', 'session_id', 's', 'transcript', transcript];
    ids.push((await redis.redis.xadd(stream, '*', ...fields, 'timestamp', 'now')) as string);
  }
  return ids;
};
const pending = async (): Promise<number> => ((await redis.redis.xpending(stream, 'g')) as [number])[0];
/** Delivers all events to a consumer that neither handles nor acknowledges them. */
const deliverToTheDead = async (): Promise<void> => {
  await redis.redis.xgroup('CREATE', stream, 'g', '0', 'MKSTREAM');
  await redis.redis.xreadgroup('GROUP', 'g', 'dead', 'STREAMS', stream, '>');
};
const deadLetters = async (): Promise<Record<string, string>[]> =>
  (await redis.redis.xrange(`${stream}:dead`, '-', '+')).map(([, fields]) =>
    Object.fromEntries(
      Array.from({ length: fields.length / 2 }, (_, index) => [fields[2 * index], fields[2 * index + 1]]),
    ),
  );

describe('attempts', () => {
  it('do not count deliveries that never reached the handler', async () => {
    await publish('one', 'two');
    await deliverToTheDead();
    // Consumers whose replies were lost have claimed them repeatedly.
    const ids = (await redis.redis.xrange(stream, '-', '+')).map(([id]) => id);
    for (let times = 0; times < 20; times++)
      await redis.redis.xclaim(stream, 'g', `lost-${times}`, 0, ...ids);
    const seen: string[] = [];
    await start((event) => Promise.resolve(void seen.push(event.transcript)));
    await until('both are handled', () => seen.length === 2);
    await until('nothing is pending', async () => (await pending()) === 0);
    expect(await deadLetters()).toEqual([]);
  });

  it('take over large events on a slow connection with the budget of ordinary calls', async () => {
    await publish(...Array.from({ length: 12 }, (_, index) => `${index}${'x'.repeat(3 * 1024 * 1024)}`));
    await deliverToTheDead();
    const proxy = await TcpProxy.start(redis.port);
    // Slower than the budget of a request, which does not apply to consumers.
    proxy.delayReplies(100);
    const seen = new Set<string>();
    await start(
      (event) => Promise.resolve(void seen.add(event.id)),
      { claimIdleMs: 1_000 },
      { REDIS_URL: `redis://127.0.0.1:${proxy.port}`, REDIS_BUDGET_MS: '75' },
    );
    try {
      await until('all are handled', () => seen.size === 12, 50_000);
      await until('nothing is pending', async () => (await pending()) === 0, 10_000);
      expect(await deadLetters()).toEqual([]);
      expect(await redis.redis.exists(records)).toBe(0);
    } finally {
      await proxy.stop();
    }
  });

  it('count once if a worker ends while it handles an event, and record that as the reason', async () => {
    const [id = ''] = await publish('poison');
    await deliverToTheDead();
    const deadly = { attempts: 2, claimIdleMs: 200 };
    // The handler never returns, as in a process that was killed.
    const die = async (): Promise<void> => {
      const client = await connectClient({ REDIS_URL: redis.url, REDIS_BUDGET_MS: '2000' });
      const handler: EventHandler = { group: 'g', handle: () => new Promise(() => undefined) };
      const silent = { handled: () => undefined };
      new EventConsumer(new GroupsRepository(client), handler, silent, { ...fast, ...deadly }).start();
      clients.push(client);
    };
    const record = () => redis.redis.hget(records, id);
    await die();
    await until('one has died of it', async () => (await record()) === '1 started');
    await die();
    await until('another one has died of it', async () => (await record()) === '2 started');
    const handled: string[] = [];
    await start((event) => Promise.resolve(void handled.push(event.id)), deadly);
    await until('it is a dead letter', async () => (await deadLetters()).length === 1);
    expect(handled).toEqual([]);
    expect((await deadLetters())[0]).toMatchObject({
      id,
      deliveries: '2',
      reason: 'the worker ended while it handled this event',
      transcript: 'poison',
    });
  });

  it('end in a dead letter with the last failure as its reason', async () => {
    let calls = 0;
    await publish('x');
    await start(() => Promise.reject(new EventRejectedError('HTTP 422', `refused for the ${++calls}. time`)));
    await until('it is a dead letter', async () => (await deadLetters()).length === 1);
    expect((await deadLetters())[0]).toMatchObject({ deliveries: '3', reason: 'refused for the 3. time' });
    expect(outcomes).toMatchObject({ failed: 3, 'dead-letter': 1 });
    expect([await pending(), await redis.redis.exists(records)]).toEqual([0, 0]);
  });

  it('leave an event pending while a full server has no room for its dead letter', async () => {
    await publish('x');
    await redis.redis.config('SET', 'maxmemory-policy', 'noeviction');
    let calls = 0;
    await start(async () => {
      if (++calls === 3) await redis.redis.config('SET', 'maxmemory', '1');
      throw new Error('poison');
    });
    try {
      await until('it has failed for the last time', () => outcomes['failed'] === 3);
      await until('it was tried to set it aside again', async () => {
        const stats = await redis.redis.info('errorstats');
        return Number(/errorstat_OOM:count=(\d+)/.exec(stats)?.[1] ?? 0) >= 2;
      });
      expect([await pending(), calls]).toEqual([1, 3]);
      await redis.redis.config('SET', 'maxmemory', '0');
      await until('it is a dead letter', async () => (await deadLetters()).length === 1);
      expect([await pending(), calls]).toEqual([0, 3]);
    } finally {
      await redis.redis.config('SET', 'maxmemory', '0');
    }
  });
});

describe('a downstream that fails', () => {
  it('pauses its group, is tried with one event at a time, and gets all events after it recovers', async () => {
    const total = 200;
    await publish(...Array.from({ length: total }, (_, index) => `${index}`));
    let isBroken = true;
    let [calls, underWay, most] = [0, 0, 0];
    const seen = new Set<string>();
    const consumer = await start(async ({ transcript }) => {
      calls++;
      most = Math.max(most, ++underWay);
      try {
        await Promise.resolve();
        if (isBroken) throw new RetryLaterError('the disk is full', { code: 'ENOSPC' });
        seen.add(transcript);
      } finally {
        underWay--;
      }
    });
    await until('it has been tried several times', () => (consumer.state.downstream?.failures ?? 0) >= 5);
    expect(consumer.state.downstream).toMatchObject({ code: 'ENOSPC', message: 'the disk is full' });
    // At first as many events as are handled at once, and then one at a time.
    expect(calls).toBeLessThanOrEqual(fast.concurrency + (consumer.state.downstream?.failures ?? 0));
    expect(await pending()).toBeLessThan(total / 2);
    isBroken = false;
    await until('all are handled', () => seen.size === total, 30_000);
    await until('nothing is pending', async () => (await pending()) === 0);
    expect(consumer.state.downstream).toBeUndefined();
    expect(outcomes).toMatchObject({ handled: total });
    expect([outcomes['dead-letter'], await redis.redis.exists(records)]).toEqual([undefined, 0]);
  });

  it.each([
    ['the operating system', Object.assign(new Error('EROFS: read-only'), { code: 'EROFS', errno: -30 })],
    ['Redis', Object.assign(new Error('pool exhausted'), { code: 'REDIS_POOL_EXHAUSTED' })],
  ])('is distinguished from a bad event by an error from %s', async (_, error) => {
    await publish('x');
    let calls = 0;
    await start(() => (++calls < 8 ? Promise.reject(error) : Promise.resolve()));
    await until('it is handled', () => outcomes['handled'] === 1);
    expect(outcomes).toMatchObject({ waiting: 7, handled: 1 });
    expect(await deadLetters()).toEqual([]);
  });

  it('is still tried with other events while it temporarily rejects one', async () => {
    const others = Array.from({ length: 50 }, (_, index) => `${index}`);
    await publish('refused', ...others);
    const seen = new Set<string>();
    await start(({ transcript }) => {
      if (transcript === 'refused')
        return Promise.reject(new RetryLaterError('HTTP 403', { code: 'HTTP 403' }));
      seen.add(transcript);
      return Promise.resolve();
    });
    await until('the others are handled', () => seen.size === others.length, 30_000);
    expect(await pending()).toBe(1);
    expect(await deadLetters()).toEqual([]);
  });

  it('does not change the number of counted attempts', async () => {
    await publish('x');
    const failures = [
      new Error('bad 1'),
      ...Array.from({ length: 5 }, () => new RetryLaterError('away')),
      new Error('bad 2'),
      new RetryLaterError('away'),
      new Error('bad 3'),
    ];
    await start(() => Promise.reject(failures.shift() ?? new Error('one too many')));
    await until('it is a dead letter', async () => (await deadLetters()).length === 1, 30_000);
    expect((await deadLetters())[0]).toMatchObject({ deliveries: '3', reason: 'bad 3' });
    expect(outcomes).toMatchObject({ failed: 3, waiting: 6 });
  });

  it('does not delay the takeover of its events when a worker stops', async () => {
    await publish('a', 'b');
    const first = await start(() => Promise.reject(new RetryLaterError('away')), { claimIdleMs: 60_000 });
    await until('it waits', () => first.state.downstream !== undefined);
    await first.stop();
    const seen: string[] = [];
    await start(({ transcript }) => Promise.resolve(void seen.push(transcript)), { claimIdleMs: 60_000 });
    await until('both are handled', () => seen.length === 2);
    expect(seen.toSorted()).toEqual(['a', 'b']);
  });

  it('is not confused with a full Redis, on which events are still handled', async () => {
    await publish(...Array.from({ length: 20 }, (_, index) => `${index}`));
    await deliverToTheDead();
    await redis.redis.config('SET', 'maxmemory-policy', 'noeviction');
    await redis.redis.config('SET', 'maxmemory', '1');
    try {
      await start(() => Promise.resolve());
      await until('all are handled', () => outcomes['handled'] === 20);
      await until('nothing is pending', async () => (await pending()) === 0);
    } finally {
      await redis.redis.config('SET', 'maxmemory', '0');
    }
  });
});

describe('a stream that cannot be read', () => {
  it('is reported in the state of the consumer, with the cause, until it can be read', async () => {
    await redis.redis.set(stream, 'not a stream');
    const consumer = await start(() => Promise.resolve());
    await until('it says so', () => consumer.state.reading);
    expect(consumer.state.reading?.cause).toBe('opening the group: WRONGTYPE');
    await redis.redis.unlink(stream);
    await publish('x');
    await until('it is handled', () => outcomes['handled'] === 1);
    await until('it says so', () => consumer.state.reading === undefined);
  });

  it('is read by two groups even if the pool has one lease', async () => {
    await publish('x');
    const variables = { REDIS_URL: redis.url, REDIS_BUDGET_MS: '2000', REDIS_POOL_SIZE: '3' };
    const client = await connectClient(variables);
    clients.push(client);
    const repository = new GroupsRepository(client);
    const seen: string[] = [];
    for (const group of ['a', 'b']) {
      const handler = { group, handle: () => Promise.resolve(void seen.push(group)) };
      const consumer = new EventConsumer(repository, handler, { handled: () => undefined }, fast);
      consumers.push(consumer);
      consumer.start();
    }
    await until('both have it', () => seen.toSorted().join() === 'a,b');
    expect(client.status.pool).toMatchObject({ size: 3, readers: 2, exhausted: 0 });
  });
});

describe('an event that was trimmed before it was handled', () => {
  afterEach(() => void jest.restoreAllMocks());

  it.each([
    ['logged as a warning if it is published again', ['transcript_completed'], 'warn'],
    ['logged as an error if it may be lost', ['transcript_completed', 'session_deleted'], 'error'],
  ] as const)('is %s', async (_, types, level) => {
    const lines: string[] = [];
    for (const each of ['warn', 'error'] as const)
      jest
        .spyOn(Logger.prototype, each)
        .mockImplementation((message: unknown) => void lines.push(`${each} ${String(message)}`));
    const [id = ''] = await publish('x');
    await deliverToTheDead();
    await redis.redis.xtrim(stream, 'MAXLEN', 0);
    await start(() => Promise.resolve(), { claimIdleMs: 100 }, {}, types);
    await until('it is missed', () => outcomes['missing'] === 1);
    expect(lines).toEqual([
      expect.stringMatching(`^${level} Event ${id} was trimmed from the stream before it was handled`),
    ]);
    expect(await pending()).toBe(0);
  });
});
