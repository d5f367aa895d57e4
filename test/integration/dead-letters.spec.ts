import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from '@jest/globals';
import {
  DeadLettersRepository,
  DeadLettersService,
  DeadLettersUnavailableError,
  EventConsumer,
  type EventHandler,
  GroupsRepository,
} from '@app/events';
import type { RedisClient } from '@app/redis';
import { connectClient } from '../fixtures/redis-client.js';
import { TestRedisServer } from '../fixtures/redis-server.js';
import { until } from '../fixtures/until.js';

const stream = 'prod:transcription_events';
const dead = `${stream}:dead`;
const fast = { claimIdleMs: 200, attempts: 2, concurrency: 4, minRetryMs: 40, maxRetryMs: 200 };

let redis: TestRedisServer;
let client: RedisClient;
let deadLetters: DeadLettersService;
let consumers: EventConsumer[] = [];

beforeAll(async () => {
  redis = await TestRedisServer.start();
  client = await connectClient({ REDIS_URL: redis.url, REDIS_BUDGET_MS: '2000' });
  deadLetters = new DeadLettersService(new DeadLettersRepository(client));
});
afterAll(async () => {
  client.close();
  await redis.stop();
});
beforeEach(() => redis.redis.flushall());
afterEach(() => Promise.all(consumers.splice(0).map((consumer) => consumer.stop())));

const start = (group: string, handle: EventHandler['handle']): void => {
  const silent = { handled: () => undefined };
  const consumer = new EventConsumer(new GroupsRepository(client), { group, handle }, silent, fast);
  consumers.push(consumer);
  consumer.start();
};
const publish = async (session: string, transcript = 'x'): Promise<string> => {
  const fields = ['event_type', 'transcript_completed', 'session_id', session, 'transcript', transcript];
  return (await redis.redis.xadd(stream, '*', ...fields, 'timestamp', 'now')) as string;
};
/** Adds a dead letter in the format of a consumer. */
const bury = async (group: string, number: number, reason = 'poison', transcript = 'x'): Promise<string> => {
  const own = ['group', group, 'id', `${number}-0`, 'deliveries', '5', 'reason', reason];
  const event = ['event_type', 'transcript_completed', 'session_id', `s${number}`, 'tenant_id', 'acme'];
  const rest = ['transcript', transcript, 'timestamp', 'now'];
  return (await redis.redis.xadd(dead, '*', ...own, ...event, ...rest)) as string;
};
const buryMany = async (count: number): Promise<void> => {
  for (let number = 0; number < count; number++)
    await bury(number % 2 === 0 ? 'a' : 'b', number, `reason ${number}`);
};
const all = { filter: {}, cursor: undefined, limit: 10_000, dryRun: false };

describe('dead letters', () => {
  it('are delivered again to the group that failed only, with the same event id', async () => {
    const seen: string[] = [];
    let isFixed = false;
    start('bad', ({ id }) => {
      if (!isFixed) return Promise.reject(new Error('a bug'));
      return Promise.resolve(void seen.push(`bad ${id}`));
    });
    start('good', ({ id }) => Promise.resolve(void seen.push(`good ${id}`)));
    const id = await publish('s');
    await until('it is a dead letter', async () => (await redis.redis.xlen(dead)) === 1);
    expect(seen).toEqual([`good ${id}`]);
    const [letter] = (await deadLetters.list({}, undefined, 10)).results;
    expect(letter).toMatchObject({ group: 'bad', eventId: id, attempts: 2, reason: 'a bug', sessionId: 's' });

    isFixed = true;
    await deadLetters.replay(letter?.id ?? '');
    await until('it is handled', () => seen.length === 2);
    expect(seen).toEqual([`good ${id}`, `bad ${id}`]);
    await until('nothing is left', async () => (await redis.redis.xlen(`${stream}:replays:bad`)) === 0);
    expect(await redis.redis.xlen(dead)).toBe(0);
  });

  it('become dead letters again, with the same event id, when their replay fails', async () => {
    start('bad', () => Promise.reject(new Error('still a bug')));
    const id = await publish('s', 'the text');
    await until('it is a dead letter', async () => (await redis.redis.xlen(dead)) === 1);
    expect(await deadLetters.replayAll(all)).toEqual({ matched: 1, done: 1, nextCursor: null });
    await until('it was replayed', async () => (await redis.redis.xlen(`${stream}:replays:bad`)) === 0);
    const [[, fields] = ['', []]] = await redis.redis.xrange(dead, '-', '+');
    expect(fields.slice(0, 8)).toEqual([
      'group',
      'bad',
      'id',
      id,
      'deliveries',
      '2',
      'reason',
      'still a bug',
    ]);
    const [type, session] = ['transcript_completed', 's'];
    const event = ['event_type', type, 'session_id', session, 'transcript', 'the text', 'timestamp', 'now'];
    expect(fields.slice(8)).toEqual(event);
  });

  it('wait in the stream of replays while their group has no consumer', async () => {
    const id = await bury('archive-webhook', 7);
    await deadLetters.replay(id);
    expect(await redis.redis.xlen(`${stream}:replays:archive-webhook`)).toBe(1);
    const seen: string[] = [];
    start('archive-webhook', (event) => Promise.resolve(void seen.push(event.id)));
    await until('it is handled', () => seen.length === 1);
    expect(seen).toEqual(['7-0']);
  });

  it('are moved exactly once by concurrent replays', async () => {
    await buryMany(300);
    const results = await Promise.all(Array.from({ length: 8 }, () => deadLetters.replayAll(all)));
    expect(results.reduce((sum, { done }) => sum + done, 0)).toBe(300);
    expect(await redis.redis.xlen(dead)).toBe(0);
    const lengths = ['a', 'b'].map((group) => redis.redis.xlen(`${stream}:replays:${group}`));
    expect(await Promise.all(lengths)).toEqual([150, 150]);
  });

  it('remain dead letters if a full server has no room for the replay', async () => {
    await buryMany(2);
    await redis.redis.config('SET', 'maxmemory-policy', 'noeviction');
    await redis.redis.config('SET', 'maxmemory', '1');
    try {
      await expect(deadLetters.replayAll(all)).rejects.toThrow(DeadLettersUnavailableError);
      expect(await redis.redis.xlen(dead)).toBe(2);
      // A full server accepts deletions.
      expect(await deadLetters.deleteAll(all)).toMatchObject({ done: 2 });
    } finally {
      await redis.redis.config('SET', 'maxmemory', '0');
    }
  });

  it('are listed in pages, newest first, and filtered by group, session, type and reason', async () => {
    await buryMany(25);
    const reasons: string[] = [];
    let cursor: string | undefined;
    do {
      const page = await deadLetters.list({}, cursor, 10);
      expect(page.total).toBe(25);
      reasons.push(...page.results.map(({ reason }) => reason));
      cursor = page.nextCursor ?? undefined;
    } while (cursor);
    expect(reasons).toEqual(Array.from({ length: 25 }, (_, index) => `reason ${24 - index}`));
    const found = async (filter: Parameters<typeof deadLetters.list>[0]): Promise<string[]> =>
      (await deadLetters.list(filter, undefined, 100)).results.map(({ sessionId }) => sessionId);
    expect(await found({ group: 'b', reason: 'REASON 1' })).toEqual([
      's19',
      's17',
      's15',
      's13',
      's11',
      's1',
    ]);
    expect(await found({ session: 's7' })).toEqual(['s7']);
    expect(await found({ type: 'session_deleted' })).toEqual([]);
  });

  it('are listed with excerpts of large texts', async () => {
    await bury('a', 1, 'r'.repeat(100_000), 'ä'.repeat(2 * 1024 * 1024));
    const [letter] = (await deadLetters.list({}, undefined, 10)).results;
    expect(letter).toMatchObject({ transcriptBytes: 4 * 1024 * 1024, excerpt: 'ä'.repeat(100) });
    expect(letter?.reason).toHaveLength(2000);
  });

  it('are changed in batches of limited size, which a dry run counts', async () => {
    await buryMany(30);
    const filter = { group: 'a' };
    expect(await deadLetters.replayAll({ ...all, filter, dryRun: true })).toMatchObject({
      matched: 15,
      done: 0,
    });
    expect(await redis.redis.xlen(dead)).toBe(30);
    const first = await deadLetters.replayAll({ ...all, filter, limit: 10 });
    expect(first).toMatchObject({ matched: 10, done: 10, nextCursor: expect.any(String) });
    const cursor = first.nextCursor ?? undefined;
    expect(await deadLetters.replayAll({ ...all, filter, limit: 10, cursor })).toEqual({
      matched: 5,
      done: 5,
      nextCursor: null,
    });
    expect(await deadLetters.deleteAll(all)).toEqual({ matched: 15, done: 15, nextCursor: null });
    expect(await redis.redis.xlen(dead)).toBe(0);
  });

  it('keep the transcript that they refer to, until they are replayed or deleted', async () => {
    const completions = `${stream}:completions`;
    const isKept = async (session: string): Promise<unknown> =>
      (JSON.parse((await redis.redis.hget(completions, session)) ?? '[]') as unknown[])[5];
    let isFixed = false;
    start('g', () => (isFixed ? Promise.resolve() : Promise.reject(new Error('a bug'))));
    for (const session of ['replayed', 'deleted']) {
      const id = await publish(session);
      await redis.redis.hset(completions, session, JSON.stringify([id, 'acme', 'now', 1, 1]));
    }
    await until('both are dead letters', async () => (await redis.redis.xlen(dead)) === 2);
    expect([await isKept('replayed'), await isKept('deleted')]).toEqual([1, 1]);
    await deadLetters.deleteAll({ ...all, filter: { session: 'deleted' } });
    expect(await isKept('deleted')).toBe(false);
    isFixed = true;
    await deadLetters.replayAll(all);
    await until('it is handled', async () => (await isKept('replayed')) === false);
  });
});
