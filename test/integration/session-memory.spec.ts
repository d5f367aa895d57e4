import { afterAll, beforeAll, beforeEach, describe, expect, it } from '@jest/globals';
import {
  DeadLettersRepository,
  DeadLettersService,
  GroupsRepository,
  type Lane,
  type StreamEvent,
} from '@app/events';
import type { RedisClient } from '@app/redis';
import { connectClient } from '../fixtures/redis-client.js';
import { TestRedisServer } from '../fixtures/redis-server.js';
import { createSessions } from '../fixtures/sessions.js';
import { until } from '../fixtures/until.js';

const stream = 'prod:transcription_events';
const registry = `${stream}:completions`;
const kibibyte = 'x'.repeat(1_024);
const keyOf = (id: string, part: string): string => `prod:session:${id}:${part}`;

let redis: TestRedisServer;
let client: RedisClient;
let groups: GroupsRepository;

beforeAll(async () => {
  redis = await TestRedisServer.start();
  client = await connectClient({ REDIS_URL: redis.url, REDIS_BUDGET_MS: '2000' });
  groups = new GroupsRepository(client);
});
afterAll(async () => {
  client.close();
  await redis.stop();
});
beforeEach(async () => {
  await redis.redis.config('SET', 'maxmemory', '450mb', 'maxmemory-policy', 'volatile-lru');
  await redis.redis.flushall();
});

const budget = () => client.newBudget();
const held = async (tenant = 'acme'): Promise<number> => {
  const bytes = await redis.redis.hget('prod:tenants:held', tenant);
  expect(await redis.redis.hget('prod:tenants:held', ':total')).toBe(bytes ?? '0');
  const ledger = await redis.redis.hvals(`prod:tenants:held:${tenant}`);
  expect(ledger.reduce((sum, value) => sum + Number(value), 0)).toBe(Number(bytes ?? 0));
  return Number(bytes ?? 0);
};

describe('memory that a tenant holds', () => {
  const begin = async (sessions = createSessions(client)) => {
    const { id } = await sessions.service.create(budget(), 'acme', { metadata: { a: '1' } });
    const append = (...chunks: string[]) =>
      sessions.transcripts.append(budget(), 'acme', id, { chunks, idempotencyKey: undefined });
    return { ...sessions, id, append };
  };

  it('is accounted for with each change, and released with the session', async () => {
    const { service, transcripts, id, append } = await begin();
    const empty = await held();
    expect(empty).toBeGreaterThan(1_024);
    await append(kibibyte, kibibyte);
    const appended = await held();
    expect(appended - empty).toBeGreaterThanOrEqual(2_048);
    expect(appended - empty).toBeLessThanOrEqual(3_072);
    await service.patch(budget(), 'acme', id, { metadata: { a: '12345', b: 'x'.repeat(100) } });
    expect((await held()) - appended).toBe(4 + 101);
    await service.patch(budget(), 'acme', id, { metadata: { b: null } });
    expect((await held()) - appended).toBe(4);
    await transcripts.complete(budget(), 'acme', id, true);
    await service.delete(budget(), 'acme', id);
    expect(await held()).toBe(0);
    expect(await redis.redis.exists('prod:tenants:held:acme')).toBe(0);
  });

  it('is limited, with the last quarter reserved for small sessions, and reported in the error', async () => {
    const { service, transcripts, id, append } = await begin(createSessions(client, {}, 1_048_576));
    const other = await service.create(budget(), 'acme', {});
    for (let number = 0; number < 24; number++) await append('x'.repeat(32_000));
    await expect(append('x'.repeat(32_000))).rejects.toMatchObject({
      name: 'SessionsFullError',
      scope: 'tenant',
      extensions: { heldBytes: await held(), maxBytes: 1_048_576 },
      message: expect.stringMatching(/hold \d+ of at most 1048576 bytes.*Delete sessions/),
    });
    const small = { chunks: ['x'.repeat(32_000)], idempotencyKey: undefined };
    expect(await transcripts.append(budget(), 'acme', other.id, small)).toMatchObject({ total: 1 });
    // Other tenants are not affected, and deleting a session makes room.
    const elsewhere = await service.create(budget(), 'globex', {});
    expect(await transcripts.append(budget(), 'globex', elsewhere.id, small)).toMatchObject({ total: 1 });
    await service.delete(budget(), 'acme', id);
    for (let number = 0; number < 20; number++) await transcripts.append(budget(), 'acme', other.id, small);
  });

  it('has a limit over all tenants for large sessions', async () => {
    const { service, transcripts, append } = await begin(createSessions(client, {}, 1e12, 200_000));
    for (let number = 0; number < 6; number++) await append('x'.repeat(32_000));
    await expect(append('x'.repeat(32_000))).rejects.toMatchObject({ scope: 'server' });
    const other = await service.create(budget(), 'globex', {});
    const small = { chunks: ['hello'], idempotencyKey: undefined };
    expect(await transcripts.append(budget(), 'globex', other.id, small)).toMatchObject({ total: 1 });
  });

  it('of expired and evicted sessions is reclaimed when a limit is reached', async () => {
    const { service, transcripts, append } = await begin(createSessions(client, {}, 1_048_576));
    for (let number = 0; number < 24; number++) await append('x'.repeat(32_000));
    const full = await held();
    const next = await service.create(budget(), 'acme', {});
    await redis.redis.unlink(...(await redis.redis.keys('prod:session:*:transcript')));
    const [gone] = (await redis.redis.keys('prod:session:*:metadata')).filter(
      (key) => !key.includes(next.id),
    );
    await redis.redis.unlink(gone as string);
    const large = { chunks: Array.from({ length: 10 }, () => 'x'.repeat(32_000)), idempotencyKey: undefined };
    expect(await transcripts.append(budget(), 'acme', next.id, large)).toMatchObject({ total: 10 });
    expect(await held()).toBeLessThan(full);
  });

  it('includes sessions and chunks that another program wrote', async () => {
    const { transcripts } = createSessions(client);
    await redis.redis.hset(keyOf('abc', 'metadata'), 'tenant_id', 'acme');
    await redis.redis.rpush(keyOf('abc', 'transcript'), 'x'.repeat(50_000));
    const append = (text: string) =>
      transcripts.append(budget(), 'acme', 'abc', { chunks: [text], idempotencyKey: undefined });
    await append('a');
    expect(await held()).toBeGreaterThan(50_000);
    await redis.redis.rpush(keyOf('abc', 'transcript'), 'x'.repeat(100_000));
    await append('b');
    expect(await held()).toBeGreaterThan(150_000);
    await redis.redis.rpush(keyOf('abc', 'transcript'), 'x'.repeat(4 * 1024 * 1024));
    await expect(append('c')).rejects.toMatchObject({ name: 'SessionLimitError' });
  });

  it('is corrected by the audit if the totals were lost', async () => {
    const { memory, append } = await begin();
    await append(kibibyte);
    const before = await held();
    await redis.redis.hset('prod:tenants:held', { acme: 7, ':total': 7 });
    await memory.reclaim('acme');
    expect(await held()).toBe(before);
  });
});

describe('a full server without eviction', () => {
  it('accepts deletions, and rejects other changes with the reason', async () => {
    const { service, transcripts } = createSessions(client);
    const append = { chunks: [kibibyte], idempotencyKey: undefined };
    const ids: string[] = [];
    for (let number = 0; number < 20; number++) {
      const { id } = await service.create(budget(), 'acme', {});
      await transcripts.append(budget(), 'acme', id, append);
      ids.push(id);
    }
    await redis.redis.config('SET', 'maxmemory-policy', 'noeviction', 'maxmemory', '1mb');
    await expect(transcripts.append(budget(), 'acme', ids[0] as string, append)).rejects.toMatchObject({
      name: 'RedisRefusalError',
      reason: 'full',
    });
    await expect(service.create(budget(), 'acme', {})).rejects.toMatchObject({
      name: 'RedisRefusalError',
      reason: 'full',
    });
    for (const id of ids) await service.delete(budget(), 'acme', id);
    expect(await redis.redis.keys('prod:session:*')).toEqual([]);
    expect(await held()).toBe(0);
  });
});

describe('the size limit of the stream', () => {
  const appendMuch = async (sessions: ReturnType<typeof createSessions>, times: number): Promise<void> => {
    const { id } = await sessions.service.create(budget(), 'acme', {});
    const append = { chunks: ['x'.repeat(4_000)], idempotencyKey: undefined };
    for (let number = 0; number < times; number++)
      await sessions.transcripts.append(budget(), 'acme', id, append);
  };

  it('is applied by the script that publishes, even if a group reads nothing', async () => {
    const sessions = createSessions(client, { maxBytes: 1_048_576, maxLength: 100_000 });
    await groups.open('behind');
    await appendMuch(sessions, 600);
    const bytes = Number(await redis.redis.memory('USAGE', stream, 'SAMPLES', 0));
    expect(bytes).toBeLessThan(1_048_576 + 65_536);
    expect(bytes).toBeGreaterThan(524_288);
  });

  it('includes events that another program publishes', async () => {
    const sessions = createSessions(client, { maxBytes: 1_048_576 });
    for (let number = 0; number < 4; number++)
      await redis.redis.xadd(stream, '*', 'event_type', 'x', 'transcript', 'x'.repeat(1_000_000));
    await appendMuch(sessions, 1);
    expect(await redis.redis.memory('USAGE', stream, 'SAMPLES', 0)).toBeLessThan(1_048_576);
  });

  it('does not affect long texts, whose entries have an excerpt and a reference', async () => {
    const { service, transcripts } = createSessions(client);
    const { id } = await service.create(budget(), 'acme', {});
    await transcripts.append(budget(), 'acme', id, { chunks: ['short'], idempotencyKey: undefined });
    const chunks = [`a${'✓'.repeat(1_500)}`, 'tail'];
    await transcripts.append(budget(), 'acme', id, { chunks, idempotencyKey: undefined });
    await transcripts.complete(budget(), 'acme', id, false);
    const entries = (await redis.redis.xrange(stream, '-', '+')).map(([, fields]) =>
      Object.fromEntries(
        fields.map((field, index) => [field, fields[index + 1]]).filter((_, n) => n % 2 === 0),
      ),
    );
    expect(Object.keys(entries[0] as object)).toEqual([
      'event_type',
      'session_id',
      'tenant_id',
      'transcript',
      'timestamp',
    ]);
    const cut = `a${'✓'.repeat(1_365)}`;
    expect(Buffer.byteLength(cut)).toBe(4_096);
    expect(entries[1]).toMatchObject({
      transcript: cut,
      transcript_bytes: '4506',
      chunks_from: '1',
      chunks_to: '2',
    });
    expect(entries[2]).toMatchObject({
      transcript: `short a${'✓'.repeat(1_363)}`,
      transcript_bytes: '4512',
      chunks_from: '0',
      chunks_to: '2',
    });
  });
});

describe('completed transcripts and their consumers', () => {
  const long = Array.from({ length: 300 }, (_, index) => `${index} ${kibibyte}`);
  const make = async (names: string[], events = {}) => {
    const sessions = createSessions(client, events);
    for (const name of names) await groups.open(name);
    const { id } = await sessions.service.create(budget(), 'acme', {});
    await sessions.transcripts.append(budget(), 'acme', id, { chunks: long, idempotencyKey: undefined });
    const take = (group: string): Promise<StreamEvent[]> =>
      groups.withReader(async (reader) => {
        const from = { group, consumer: 'c', lanes: ['events', 'replays'] } as const;
        const taken = await groups.take(reader, from, 100, 50);
        if (taken.status !== 'ok' || taken.value === 'no-group') throw new Error('The group is gone');
        return taken.value.map(({ event }) => event);
      });
    const completed = async (group: string): Promise<StreamEvent> => {
      const found = (await take(group)).findLast(({ type }) => type === 'transcript_completed');
      if (!found) throw new Error('There is no completion');
      return found;
    };
    const acknowledgeAll = async (group: string, lane: Lane = 'events'): Promise<void> => {
      const claimed = await groups.claim(lane, group, 'c', 0, 1_000);
      if (claimed.status !== 'ok') throw new Error('Nothing was claimed');
      const ids = claimed.value.map(({ ref }) => ref.id);
      await groups.acknowledge(lane, group, ids);
    };
    return { ...sessions, id, take, completed, acknowledgeAll };
  };

  it('can be read as a whole, even if they were deleted, until every group has handled the event', async () => {
    for (const how of ['kept', 'deleteTranscript', 'DELETE'] as const) {
      await redis.redis.flushall();
      const sut = await make(['one', 'two']);
      await sut.transcripts.complete(budget(), 'acme', sut.id, how === 'deleteTranscript');
      if (how === 'DELETE') await sut.service.delete(budget(), 'acme', sut.id);
      const event = await sut.completed('one');
      expect(event.transcript.length).toBeLessThanOrEqual(4_096);
      expect((await sut.completedTranscripts.complete(event)).transcript).toBe(long.join(' '));
      await sut.acknowledgeAll('one');
      expect(await sut.keeper.keep()).toEqual({ released: 0, republished: 0, lost: 0 });
      expect((await sut.completedTranscripts.complete(await sut.completed('two'))).transcript).toBe(
        long.join(' '),
      );
      expect(await held()).toBeGreaterThan(300_000);
      await sut.acknowledgeAll('two');
      expect(await sut.keeper.keep()).toEqual({ released: 1, republished: 0, lost: 0 });
      expect(await redis.redis.exists(keyOf(sut.id, 'unarchived'))).toBe(0);
      expect(await redis.redis.exists(keyOf(sut.id, 'transcript'))).toBe(how === 'kept' ? 1 : 0);
      expect(await redis.redis.exists(registry)).toBe(0);
      expect((await held()) > 300_000).toBe(how === 'kept');
    }
  });

  it('outlive a session that expires soon, which then expires as it would have', async () => {
    const sut = await make(['one']);
    await redis.redis.pexpire(keyOf(sut.id, 'metadata'), 86_400_000 * 2);
    await sut.transcripts.complete(budget(), 'acme', sut.id, false);
    await redis.redis.hset(keyOf(sut.id, 'metadata'), 'ttl_after_archive', 60_000);
    await sut.take('one');
    await sut.acknowledgeAll('one');
    await sut.keeper.keep();
    for (const part of ['metadata', 'transcript']) {
      expect(await redis.redis.pttl(keyOf(sut.id, part))).toBeLessThanOrEqual(60_000);
      expect(await redis.redis.pttl(keyOf(sut.id, part))).toBeGreaterThan(50_000);
    }
  });

  it('are kept alive while a group is behind for a day', async () => {
    const sut = await make(['one']);
    await sut.transcripts.complete(budget(), 'acme', sut.id, false);
    await sut.service.delete(budget(), 'acme', sut.id);
    await redis.redis.pexpire(keyOf(sut.id, 'unarchived'), 60_000);
    await sut.keeper.keep(Date.now() + 13 * 3_600_000);
    expect(await redis.redis.pttl(keyOf(sut.id, 'unarchived'))).toBeGreaterThan(86_000_000);
    expect(await sut.keeper.keep(Date.now() + 8 * 86_400_000)).toMatchObject({ lost: 1 });
    expect(await redis.redis.exists(registry)).toBe(0);
  });

  it('are published again if the stream has dropped their event unread', async () => {
    const sut = await make(['one'], { maxBytes: 1_048_576, maxLength: 100_000 });
    await sut.transcripts.complete(budget(), 'acme', sut.id, true);
    const noise = await sut.service.create(budget(), 'globex', {});
    const append = { chunks: ['x'.repeat(4_000)], idempotencyKey: undefined };
    for (let number = 0; number < 400; number++)
      await sut.transcripts.append(budget(), 'globex', noise.id, append);
    expect(await redis.redis.hexists(registry, ':dropped')).toBe(1);
    expect(await sut.completions.count()).toBe(1);
    expect(await sut.keeper.keep()).toEqual({ released: 0, republished: 1, lost: 0 });
    expect(await sut.keeper.keep()).toEqual({ released: 0, republished: 0, lost: 0 });
    const seen: StreamEvent[] = [];
    await until('the completion comes', async () => {
      seen.push(...(await sut.take('one')));
      return seen.some(({ type }) => type === 'transcript_completed');
    });
    const event = seen.find(({ type }) => type === 'transcript_completed') as StreamEvent;
    expect(event).toMatchObject({ sessionId: sut.id, tenantId: 'acme', reference: { lastChunk: 299 } });
    expect((await sut.completedTranscripts.complete(event)).transcript).toBe(long.join(' '));
    await sut.acknowledgeAll('one');
    await until('it is released', async () => (await sut.keeper.keep()).released === 1);
    expect(await sut.completions.count()).toBe(0);
  });

  it('are kept for dead letters and their replays until each was handled or deleted', async () => {
    const sut = await make(['one', 'two']);
    const deadLetters = new DeadLettersService(new DeadLettersRepository(client));
    const isKept = async (event: StreamEvent): Promise<void> => {
      expect(await sut.keeper.keep()).toEqual({ released: 0, republished: 0, lost: 0 });
      expect((await sut.completedTranscripts.complete(event)).transcript).toBe(long.join(' '));
    };
    await sut.transcripts.complete(budget(), 'acme', sut.id, true);
    const event = await sut.completed('one');
    await sut.take('two');
    for (const group of ['one', 'two']) {
      const ref = { lane: 'events', id: event.id } as const;
      const moved = await groups.moveToDeadLetters(group, ref, { attempts: 5, reason: 'poison' });
      expect(moved).toEqual({ status: 'ok', value: true });
      await sut.acknowledgeAll(group);
    }
    await isKept(event);
    await deadLetters.replayAll({ filter: { group: 'one' }, cursor: undefined, limit: 10, dryRun: false });
    const replayed = await sut.completed('one');
    expect(replayed).toEqual(event);
    await isKept(replayed);
    await sut.acknowledgeAll('one', 'replays');
    await isKept(event);
    await deadLetters.deleteAll({ filter: { group: 'two' }, cursor: undefined, limit: 10, dryRun: false });
    expect(await sut.keeper.keep()).toEqual({ released: 1, republished: 0, lost: 0 });
    expect(await redis.redis.exists(registry, keyOf(sut.id, 'unarchived'))).toBe(0);
  });

  it('are published again for a group that was behind, after the dead letter of another group was deleted', async () => {
    const sut = await make(['one', 'behind']);
    const deadLetters = new DeadLettersService(new DeadLettersRepository(client));
    await sut.transcripts.complete(budget(), 'acme', sut.id, true);
    const { id } = await sut.completed('one');
    await groups.moveToDeadLetters('one', { lane: 'events', id }, { attempts: 5, reason: 'poison' });
    await redis.redis.xtrim(stream, 'MAXLEN', 0);
    expect(await sut.keeper.keep()).toEqual({ released: 0, republished: 0, lost: 0 });
    await deadLetters.deleteAll({ filter: {}, cursor: undefined, limit: 10, dryRun: false });
    expect(await sut.keeper.keep()).toEqual({ released: 0, republished: 1, lost: 0 });
    const event = await sut.completed('behind');
    expect((await sut.completedTranscripts.complete(event)).transcript).toBe(long.join(' '));
  });

  it('are deleted with their session if it was not completed or has no consumers', async () => {
    const open = await make(['one']);
    await open.service.delete(budget(), 'acme', open.id);
    expect(await redis.redis.keys('prod:session:*')).toEqual([]);
    await redis.redis.flushall();
    const unclaimed = await make([]);
    await unclaimed.transcripts.complete(budget(), 'acme', unclaimed.id, true);
    const ttlMs = await redis.redis.pttl(keyOf(unclaimed.id, 'unarchived'));
    expect(ttlMs).toBeGreaterThan(3_500_000);
    expect(ttlMs).toBeLessThanOrEqual(3_600_000);
    await unclaimed.service.delete(budget(), 'acme', unclaimed.id);
    expect(await redis.redis.keys('prod:session:*')).toEqual([]);
  });
});
