import { createHash } from 'node:crypto';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from '@jest/globals';
import type { MarqueeConfig } from '@app/config';
import {
  type EmbeddingInput,
  EmbeddingsRepository,
  StoredVectorsFullError,
  StoredVectorsRepository,
} from '@app/embeddings';
import { DeadLettersRepository, DeadLettersService, GroupsRepository, type StreamEvent } from '@app/events';
import { RateLimiter } from '@app/rate-limit';
import { LocksRepository } from '@app/locks';
import { type SessionPurgeFilter, type SessionPurgeProgress, SessionsService } from '@app/sessions';
import { type TaskDraft, TasksRepository } from '@app/tasks';
import { encodeKeyPart, type RedisClient, shared } from '@app/redis';
import { TmdbPace, TmdbRepository } from '@app/tmdb';
import { type TrendingGeneration, TrendingRepository, ViewsRepository } from '@app/trending';
import type { UpstreamError } from '@app/upstream';
import { until } from '../fixtures/until.js';
import { createCache } from '../fixtures/cache.js';
import { createLimiter } from '../fixtures/rate-limiter.js';
import { connectClient } from '../fixtures/redis-client.js';
import { createSessions } from '../fixtures/sessions.js';
import { type Topology, topologies } from '../fixtures/topologies.js';

const sha256 = (text: string): string => createHash('sha256').update(text).digest('hex');

/** The contract of every repository and script, in each topology. */
describe.each(Object.entries(topologies))('on %s', (_, startTopology) => {
  let topology: Topology;
  let client: RedisClient;

  beforeAll(async () => {
    topology = await startTopology();
    // The tests check replies, not their speed: on a busy machine, a hit must not become a miss.
    client = await connectClient({ ...topology.variables, REDIS_BUDGET_MS: '2000' });
  });
  afterAll(async () => {
    client.close();
    await topology.stop();
  });
  beforeEach(() => topology.flush());

  describe('RedisClient', () => {
    const keys = Array.from({ length: 50 }, (_, index) => `prod:test:${index}`);

    it('returns a hit, a miss and an error reply', async () => {
      await topology.set('prod:test:a', Buffer.from([0, 255, 128]));
      expect(await client.get(client.newBudget(), 'prod:test:a')).toEqual({
        status: 'ok',
        value: Buffer.from([0, 255, 128]),
      });
      expect(await client.get(client.newBudget(), 'prod:test:none')).toEqual({ status: 'miss' });
      expect(await client.command(client.newBudget(), 'LPUSH', 'prod:test:a', 'x')).toEqual({
        status: 'error',
        fault: { kind: 'reply', code: 'WRONGTYPE' },
      });
      expect(await client.ping(client.newBudget())).toEqual({ status: 'ok', value: 'PONG' });
    });

    it('returns keys of many slots in order, including misses', async () => {
      const present = keys.filter((_, index) => index % 3 !== 0);
      await Promise.all(present.map((key) => topology.set(key, Buffer.from(key))));
      expect(await client.getMany(client.newBudget(), keys)).toEqual({
        status: 'ok',
        value: keys.map((key, index) => (index % 3 === 0 ? null : Buffer.from(key))),
      });
      expect(await client.getMany(client.newBudget(), keys.slice(0, 2))).toMatchObject({ status: 'ok' });
      expect(await client.getMany(client.newBudget(), [])).toEqual({ status: 'ok', value: [] });
    });

    it('stores keys with the same hash tag in the same slot', async () => {
      const pair = [
        client.keys.key(shared('trending'), 'next'),
        client.keys.key(shared('trending'), 'current'),
      ];
      await client.command(client.newBudget(), 'SADD', pair[0] as string, '1');
      expect(
        await client.command(client.newBudget(), 'RENAME', pair[0] as string, pair[1] as string),
      ).toEqual({
        status: 'ok',
        value: Buffer.from('OK'),
      });
    });

    it('lends a connection for WATCH, and does not run the transaction if a watched key changes', async () => {
      const key = 'prod:test:watched';
      const attempt = (meanwhile: () => Promise<unknown>) =>
        client.lease({ waitMs: 1000, key }, async (connection) => {
          await connection.command(1000, 'WATCH', key);
          await meanwhile();
          return connection.transaction(1000, [['SET', key, 'mine']]);
        });
      expect(await attempt(() => topology.set(key, Buffer.from('theirs')))).toEqual({
        status: 'ok',
        value: null,
      });
      expect(await topology.get(key)).toEqual(Buffer.from('theirs'));
      expect(await attempt(() => Promise.resolve())).toEqual({ status: 'ok', value: [Buffer.from('OK')] });
      expect(await topology.get(key)).toEqual(Buffer.from('mine'));
    });

    it('lends a connection for commands that block longer than the usual timeouts', async () => {
      const key = 'prod:test:list';
      const blocked = client.lease({ waitMs: 1000, blocking: true, key }, (connection) =>
        connection.command(5000, 'BLPOP', key, 4),
      );
      await expect(
        Promise.race([blocked, client.command(client.newBudget(), 'EXISTS', key)]),
      ).resolves.toMatchObject({ value: 0 });
      await client.command(client.newBudget(), 'RPUSH', key, 'x');
      expect(await blocked).toEqual({ status: 'ok', value: [Buffer.from(key), Buffer.from('x')] });
    });
  });

  describe(TmdbRepository.name, () => {
    const ids = Array.from({ length: 40 }, (_, index) => index + 1);
    const movie = (id: number): string => JSON.stringify({ id, title: `Movie ${id}` });

    it('caches movies for a day, and deletes those that have changed', async () => {
      const config = { cache: { localBytes: 0 } } as MarqueeConfig;
      const repository = new TmdbRepository(createCache(client).cache, client, config);
      const loaded: number[] = [];
      const get = async () =>
        repository.getOrLoad(
          ids.map((id) => ({ id, language: undefined })),
          (missing) => {
            loaded.push(...missing.map(({ input }) => input.id));
            return Promise.resolve(missing.map(({ input }) => movie(input.id)));
          },
          { budget: client.newBudget() },
        );
      expect((await get()).map(({ value }) => value)).toEqual(ids.map(movie));
      expect((await get()).map(({ outcome }) => outcome)).toEqual(ids.map(() => 'redis_hit'));
      expect((await topology.get('prod:tmdb:movie:7'))?.toString()).toBe(movie(7));
      expect(await topology.ttl('prod:tmdb:movie:7')).toBeGreaterThan(86_390);
      expect(await repository.delete([7, 8, 1000])).toBe(2);
      loaded.length = 0;
      await get();
      expect(loaded).toEqual([7, 8]);
    });

    it('caches each language separately, and deletes a changed movie in all of them', async () => {
      const config = { cache: { localBytes: 0 } } as MarqueeConfig;
      const repository = new TmdbRepository(createCache(client).cache, client, config);
      const load = (language?: string) =>
        repository.getOrLoad(
          ids.map((id) => ({ id, language })),
          (missing) =>
            Promise.resolve(
              missing.map(({ input }) => JSON.stringify({ id: input.id, title: language ?? 'default' })),
            ),
          { budget: client.newBudget() },
        );
      for (const language of [undefined, 'de-DE', 'pt-BR']) {
        const [answer] = await load(language);
        expect(JSON.parse(answer?.value ?? '')).toEqual({ id: 1, title: language ?? 'default' });
      }
      const key = client.keys.key('upstream', 'tmdb', 'languages');
      await until('the languages are recorded', async () => (await topology.ttl(key)) > 86_400);
      expect(await topology.get('prod:tmdb:movie:7:de-DE')).not.toBeNull();
      expect(await repository.delete([7])).toBe(3);
      expect(await topology.get('prod:tmdb:movie:7:de-DE')).toBeNull();
      expect(await topology.get('prod:tmdb:movie:8:de-DE')).not.toBeNull();
    });
  });

  describe(TmdbPace.name, () => {
    it('spaces requests evenly, regardless of the number of callers', async () => {
      const pace = new TmdbPace(client, { movies: { requestsPerSecond: 100 } } as MarqueeConfig);
      const other = new TmdbPace(client, { movies: { requestsPerSecond: 100 } } as MarqueeConfig);
      const startedMs = performance.now();
      await Promise.all(Array.from({ length: 30 }, (_, index) => (index % 2 ? pace : other).admit()));
      // Thirty at ten milliseconds, less a tenth of a second's worth that goes out at once.
      expect(performance.now() - startedMs).toBeGreaterThan(170);
    });

    it('pauses all processes for the longest of several pauses that the upstream requests', async () => {
      const config = { movies: { requestsPerSecond: 100 } } as MarqueeConfig;
      const [pace, other] = [new TmdbPace(client, config), new TmdbPace(client, config)];
      await pace.admit();
      await pace.hold(30_000);
      await other.hold(1_000);
      const error = await other.admit().catch((caught: unknown) => caught as UpstreamError);
      expect(error).toMatchObject({ failure: 'busy' });
      expect(error?.retryAfterMs).toBeGreaterThan(25_000);
      await topology.flush();
      await pace.hold(100);
      await until('it is over', () =>
        other.admit().then(
          () => true,
          () => false,
        ),
      );
    });
  });

  describe(TrendingRepository.name, () => {
    const publish = async (repository: TrendingRepository, fence: number, ids: number[]) => {
      expect(await repository.begin(fence)).toEqual({ status: 'ok', value: true });
      expect(await repository.stage(fence, ids.slice(0, 2))).toEqual({ status: 'ok', value: true });
      expect(await repository.stage(fence, ids.slice(2))).toEqual({ status: 'ok', value: true });
      return repository.swap(fence, ids.length, { source: 'test', minShare: 0.5 });
    };

    it('publishes a set, keeps the previous one, and rolls back and forth', async () => {
      const repository = new TrendingRepository(client);
      const current = async () =>
        (await repository.read(client.newBudget())) as {
          value: TrendingGeneration;
        };
      expect(await repository.read(client.newBudget())).toEqual({ status: 'miss' });
      expect(await repository.rollback(client.newBudget())).toEqual({ status: 'ok', value: false });
      expect(await publish(repository, 1, [5, 3, 4])).toMatchObject({ value: { state: 'swapped' } });
      expect((await current()).value).toMatchObject({ ids: [5, 3, 4], source: 'test' });
      await publish(repository, 2, [9, 8, 7]);
      expect((await current()).value.ids).toEqual([9, 8, 7]);
      expect(await repository.rollback(client.newBudget())).toEqual({ status: 'ok', value: true });
      expect((await current()).value.ids).toEqual([5, 3, 4]);
      await repository.rollback(client.newBudget());
      expect((await current()).value.ids).toEqual([9, 8, 7]);
      const key = client.keys.key(shared('trending'), 'current');
      expect(await topology.ttl(key)).toBe(-1);
      expect(await repository.summarize(client.newBudget())).toMatchObject({ value: { count: 3 } });
    });

    it('rejects ids that a writer without the lock stages', async () => {
      const repository = new TrendingRepository(client);
      await repository.begin(1);
      await repository.stage(1, [1]);
      await repository.begin(2);
      for (const late of [repository.begin(1), repository.stage(1, [1]), repository.discard(1)])
        expect(await late).toEqual({ status: 'ok', value: false });
      expect(await repository.swap(1, 1, { source: 'test', minShare: 0.5 })).toEqual({
        status: 'ok',
        value: { state: 'superseded' },
      });
      await repository.stage(2, [7]);
      expect(await repository.swap(2, 2, { source: 'test', minShare: 0.5 })).toEqual({
        status: 'ok',
        value: { state: 'incomplete', staged: 1 },
      });
      expect(await repository.swap(2, 1, { source: 'test', minShare: 0.5 })).toMatchObject({
        value: { state: 'swapped' },
      });
    });

    it('rejects a shrunken set unless any size is allowed', async () => {
      const repository = new TrendingRepository(client);
      await publish(repository, 1, [1, 2, 3, 4, 5]);
      expect(await publish(repository, 2, [1, 2, 9])).toMatchObject({
        value: { state: 'swapped' },
      });
      await repository.begin(3);
      await repository.stage(3, [1]);
      expect(await repository.swap(3, 1, { source: 'test', minShare: 0.5 })).toEqual({
        status: 'ok',
        value: { state: 'shrunken', current: 3 },
      });
      expect(await repository.swap(3, 1, { source: 'test', minShare: 0 })).toMatchObject({
        value: { state: 'swapped' },
      });
    });

    it('restores a lost set with its timestamp, and never overwrites an existing set', async () => {
      const repository = new TrendingRepository(client);
      await publish(repository, 1, [5, 3, 4]);
      const key = client.keys.key(shared('trending'), 'current');
      await client.delete(client.newBudget(), [key]);
      expect(await repository.summarize(client.newBudget())).toMatchObject({ value: { isMissing: true } });
      const leftOver = await repository.readRanking();
      expect(leftOver).toMatchObject({ ids: [5, 3, 4], source: 'test' });
      const restores = { updatedAtMs: 1_700_000_000_123 };
      const restore = async (fence: number) => {
        await repository.begin(fence);
        await repository.stage(fence, [5, 3, 4]);
        return repository.swap(fence, 3, { source: 'test', minShare: 0, restores });
      };
      expect(await restore(2)).toMatchObject({ value: { state: 'swapped', updatedAtMs: 1_700_000_000_123 } });
      expect(await repository.read(client.newBudget())).toMatchObject({
        value: { ids: [5, 3, 4], updatedAtMs: 1_700_000_000_123 },
      });
      expect(await restore(3)).toEqual({ status: 'ok', value: { state: 'present' } });
      await repository.begin(4);
      await repository.swap(4, 0, { source: 'test', minShare: 0 });
      expect(await repository.summarize(client.newBudget())).toMatchObject({
        value: { count: 0, isMissing: false },
      });
      expect(await restore(5)).toEqual({ status: 'ok', value: { state: 'present' } });
    });

    it("reads another program's set in ascending order", async () => {
      const repository = new TrendingRepository(client);
      await publish(repository, 1, [5, 3, 4]);
      await client.command(
        client.newBudget(),
        'SADD',
        client.keys.key(shared('trending'), 'x'),
        '30',
        '4',
        '100',
      );
      await client.command(
        client.newBudget(),
        'RENAME',
        client.keys.key(shared('trending'), 'x'),
        client.keys.key(shared('trending'), 'current'),
      );
      expect(await repository.read(client.newBudget())).toEqual({
        status: 'ok',
        value: { generation: null, ids: [4, 30, 100], source: null, updatedAtMs: null },
      });
    });
  });

  describe(ViewsRepository.name, () => {
    it('ranks views by number and age', async () => {
      const config = { trending: { halfLifeHours: 24 } } as MarqueeConfig;
      const views = new ViewsRepository(client, config);
      const nowMs = Date.now();
      const dayMs = 86_400_000;
      await views.record(new Map([[1, 10]]), nowMs - 2 * dayMs);
      await views.record(
        new Map([
          [2, 4],
          [3, 1],
        ]),
        nowMs,
      );
      await views.record(new Map([[4, 1000]]), nowMs - 8 * dayMs);
      expect(await views.ranked(10, nowMs)).toEqual({ status: 'ok', value: [2, 1, 3] });
      expect(await views.ranked(1, nowMs)).toEqual({ status: 'ok', value: [2] });
    });
  });

  describe(SessionsService.name, () => {
    const make = () => {
      const { events, service, transcripts, lists } = createSessions(client);
      const published = (): Promise<StreamEvent[]> =>
        events.withReader(async (reader) => (await events.wait(reader, '0-0', 100, 100)) ?? []);
      return { events, published, lists, transcripts, sut: service };
    };

    it('stores a session with its transcript, publishes its events, and lists it', async () => {
      const { sut, transcripts, published, lists } = make();
      const budget = () => client.newBudget();
      const { id } = await sut.create(budget(), 'acme', { userId: 'u', metadata: { a: '1' } });
      const append = { chunks: ['a', 'b'], idempotencyKey: 'k' };
      expect(await transcripts.append(budget(), 'acme', id, append)).toEqual({ total: 2, replayed: false });
      expect(await transcripts.append(budget(), 'acme', id, append)).toEqual({ total: 2, replayed: true });
      expect(await transcripts.page(budget(), 'acme', id, 0, 10)).toEqual({ total: 2, chunks: ['a', 'b'] });
      expect(await sut.patch(budget(), 'acme', id, { metadata: { a: null, b: '2' } })).toMatchObject({
        metadata: { b: '2' },
      });
      expect(await transcripts.complete(budget(), 'acme', id, false)).toMatchObject({ total: 2 });
      expect((await published()).at(-1)).toMatchObject({
        type: 'transcript_completed',
        sessionId: id,
        tenantId: 'acme',
        transcript: 'a b',
      });
      const gone = await sut.create(budget(), 'acme', {});
      await sut.delete(budget(), 'acme', gone.id);
      expect(
        (await lists.list(budget(), { tenantId: 'acme' }, 10)).sessions.map((session) => session.id),
      ).toEqual([id]);
      await expect(sut.get(budget(), 'globex', id)).rejects.toThrow('There is no session with this id');
      expect(await topology.ttl(client.keys.key('session', shared(id), 'transcript'))).toBeGreaterThan(
        86_390,
      );
    });

    it('stores and merges state, and extends a session to its own TTL', async () => {
      const { service: sut, transcripts } = createSessions(client);
      const { id } = await sut.create(client.newBudget(), 'acme', {
        ttlSeconds: 3_600,
        state: { a: { b: 1 } },
      });
      await transcripts.append(client.newBudget(), 'acme', id, { chunks: ['x'], idempotencyKey: undefined });
      const merges = ['c', 'd', 'e'].map((name) =>
        sut.patch(client.newBudget(), 'acme', id, { state: { a: { [name]: [] } } }),
      );
      await Promise.all(merges);
      expect((await sut.get(client.newBudget(), 'acme', id)).state).toEqual({
        a: { b: 1, c: [], d: [], e: [] },
      });
      for (const part of ['metadata', 'transcript']) {
        const ttl = await topology.ttl(client.keys.key('session', shared(id), part));
        expect(ttl).toBeGreaterThan(3_500);
        expect(ttl).toBeLessThanOrEqual(3_600);
      }
    });

    it('lists and deletes the sessions of one user', async () => {
      const { service: sut, transcripts, lists } = createSessions(client);
      const budget = () => client.newBudget();
      const owner = { tenantId: 'acme', userId: 'ann:1' };
      const list = async (userId: string) =>
        (await lists.list(budget(), { tenantId: 'acme', userId }, 10)).sessions.map((session) => session.id);
      const [first, second, others] = [
        await sut.create(budget(), 'acme', { userId: 'ann:1', state: { a: 1 } }),
        await sut.create(budget(), 'acme', { userId: 'bob' }),
        await sut.create(budget(), 'globex', { userId: 'ann:1' }),
      ];
      await sut.patch(budget(), 'acme', second.id, { userId: 'ann:1' });
      expect((await list('ann:1')).sort()).toEqual([first.id, second.id].sort());
      expect(await list('bob')).toEqual([]);
      await transcripts.append(budget(), 'acme', first.id, { chunks: ['x'], idempotencyKey: undefined });
      expect(await lists.delete(budget(), owner, 1)).toEqual({ deleted: 1, complete: false });
      expect(await lists.delete(budget(), owner, 10)).toEqual({ deleted: 1, complete: true });
      expect(await list('ann:1')).toEqual([]);
      for (const { id } of [first, second]) {
        for (const part of ['metadata', 'transcript'])
          expect(await topology.ttl(client.keys.key('session', shared(id), part))).toBe(-2);
      }
      expect(await topology.ttl(client.keys.key('tenant', 'acme', 'user', 'ann:1', 'sessions'))).toBe(-2);
      expect((await sut.get(budget(), 'globex', others.id)).id).toBe(others.id);
    });

    it('purges by pattern, leaving no transcript and no index behind', async () => {
      const { service: sut, transcripts, lists, purges } = createSessions(client);
      const budget = () => client.newBudget();
      const purge = async (filter: SessionPurgeFilter, dryRun = false, maxSessions = 100) => {
        const options = { dryRun, maxSessions, signal: new AbortController().signal };
        let last: SessionPurgeProgress | undefined;
        for await (const progress of purges.purge(filter, options)) last = progress;
        return last;
      };
      const begin = async (tenantId: string, userId: string): Promise<string> => {
        const { id } = await sut.create(budget(), tenantId, { userId });
        await transcripts.append(budget(), tenantId, id, { chunks: ['x'], idempotencyKey: 'k' });
        return id;
      };
      const ids: string[] = [];
      for (let index = 0; index < 5; index++) ids.push(await begin('initech', 'ann:1'));
      const [bob, umbrella] = [await begin('initech', 'bob'), await begin('umbrella', 'ann:1')];
      // A session that has ended is still in the index of its user, which nothing else would find.
      const index = client.keys.key('tenant', 'initech', 'user', 'ann:1', 'sessions');
      await client.command(budget(), 'ZADD', index, Date.now() - 3_600_000, 'ended');

      expect(await purge({ tenantId: 'initech', userId: 'ann*' }, true)).toEqual({
        matched: 5,
        deleted: 0,
        otherKeys: 0,
        limited: false,
      });
      expect(await purge({ tenantId: 'initech', userId: 'ann*' }, false, 2)).toMatchObject({
        deleted: 2,
        limited: true,
      });
      expect(await purge({ tenantId: 'initech', userId: 'ann*' })).toMatchObject({
        deleted: 3,
        limited: false,
      });
      for (const id of ids) {
        for (const part of ['metadata', 'transcript'])
          expect(await topology.ttl(client.keys.key('session', shared(id), part))).toBe(-2);
      }
      expect(await topology.ttl(index)).toBe(-2);
      const left = (await lists.list(budget(), { tenantId: 'initech' }, 10)).sessions.map(({ id }) => id);
      expect(left).toEqual([bob]);

      // What another program keeps per user, and a transcript without its session.
      await topology.set('prod:session:ann:data', Buffer.from('{}'));
      await client.command(budget(), 'RPUSH', client.keys.key('session', shared('ann'), 'transcript'), 'x');
      expect(await purge({ pattern: 'session:ann:*' })).toMatchObject({ deleted: 0, otherKeys: 2 });
      expect(await topology.ttl('prod:session:ann:data')).toBe(-2);
      expect(await purge({ pattern: `session:${umbrella.slice(0, -1)}?:*` })).toMatchObject({ deleted: 1 });
      expect(await topology.ttl(client.keys.key('tenant', 'umbrella', 'sessions'))).toBe(-2);
      expect((await sut.get(budget(), 'initech', bob)).id).toBe(bob);
    });

    it('publishes a completion in a second attempt if the first one ended too early', async () => {
      const { sut, transcripts, published } = make();
      const { id } = await sut.create(client.newBudget(), 'acme', {});
      await transcripts.append(client.newBudget(), 'acme', id, { chunks: ['a'], idempotencyKey: undefined });
      const first = await transcripts.complete(client.newBudget(), 'acme', id, false);
      const metadata = client.keys.key('session', shared(id), 'metadata');
      await client.command(client.newBudget(), 'HSET', metadata, 'event_owed', '1');
      expect(await transcripts.complete(client.newBudget(), 'acme', id, true)).toEqual(first);
      expect(await transcripts.complete(client.newBudget(), 'acme', id, true)).toEqual(first);
      expect((await published()).filter(({ type }) => type === 'transcript_completed')).toHaveLength(2);
      expect(await topology.get(client.keys.key('session', shared(id), 'transcript'))).toBeNull();
    });

    it('delivers published events to consumers, and moves events that they cannot handle to the dead letters', async () => {
      const { events } = make();
      const groups = new GroupsRepository(client);
      const both = { status: 'ok', value: ['events', 'replays'] };
      expect(await groups.open('g')).toEqual(both);
      expect(await groups.open('g')).toEqual(both);
      const event = {
        type: 'transcript_completed',
        sessionId: 's',
        tenantId: 't',
        transcript: 'x',
        timestamp: 'now',
      } as const;
      await events.publish(event);
      const from = { group: 'g', consumer: 'c', lanes: ['events', 'replays'] } as const;
      const taken = await groups.withReader((reader) => groups.take(reader, from, 10, 100));
      expect(taken).toMatchObject({
        status: 'ok',
        value: [{ ref: { lane: 'events' }, event: { sessionId: 's', transcript: 'x' } }],
      });
      expect(await events.groups()).toEqual([{ name: 'g', pending: 1, lag: 0, replays: 0 }]);
      const claimed = await groups.claim('events', 'g', 'd', 0, 10);
      expect(claimed).toMatchObject({ status: 'ok', value: [{ exists: true, record: undefined }] });
      const ref = claimed.status === 'ok' ? claimed.value[0]?.ref : undefined;
      if (!ref) throw new Error('Nothing was claimed');
      expect(await groups.startAttempt('g', 'c', ref, 1)).toEqual({ status: 'ok', value: false });
      expect(await groups.startAttempt('g', 'd', ref, 1)).toEqual({ status: 'ok', value: true });
      expect(await groups.withReader((reader) => groups.read(reader, 'g', ref))).toMatchObject({
        value: { event: { transcript: 'x' } },
      });
      const failure = { attempts: 1, reason: 'poison' };
      expect(await groups.moveToDeadLetters('g', ref, failure)).toEqual({ status: 'ok', value: true });
      expect(await groups.moveToDeadLetters('g', ref, failure)).toEqual({ status: 'ok', value: false });
      expect(await events.groups()).toEqual([{ name: 'g', pending: 0, lag: 0, replays: 0 }]);
      expect(await events.trim()).toEqual({ trimmed: 0, unread: 0 });
      expect(await events.withReader((reader) => events.wait(reader, '0-0', 10, 100))).toHaveLength(1);

      const deadLetters = new DeadLettersService(new DeadLettersRepository(client));
      const { results, total } = await deadLetters.list({ group: 'g' }, undefined, 10);
      expect([total, results]).toMatchObject([1, [{ eventId: ref.id, attempts: 1, reason: 'poison' }]]);
      await deadLetters.replay(results[0]?.id ?? '');
      expect(await events.groups()).toEqual([{ name: 'g', pending: 0, lag: 0, replays: 1 }]);
      const again = await groups.withReader((reader) => groups.take(reader, from, 10, 100));
      expect(again).toMatchObject({
        status: 'ok',
        value: [{ ref: { lane: 'replays' }, event: { id: ref.id, sessionId: 's', transcript: 'x' } }],
      });
      const [replayed] = again.status === 'ok' && again.value !== 'no-group' ? again.value : [];
      expect(await groups.acknowledge('replays', 'g', [replayed?.ref.id ?? ''])).toBe(true);
      expect(await events.groups()).toEqual([{ name: 'g', pending: 0, lag: 0, replays: 0 }]);
      expect((await deadLetters.list({}, undefined, 10)).total).toBe(0);
    });
  });

  describe(StoredVectorsRepository.name, () => {
    const config = { embeddings: { storeMaxBytes: 70_000 } } as MarqueeConfig;
    const vector = new Float32Array(8_000).fill(0.5);

    it('stores, replaces, reads and deletes vectors within the quota of a tenant', async () => {
      const vectors = new StoredVectorsRepository(client, config);
      const put = (tenant: string, id: string, ttlSeconds = 60) =>
        vectors.put(client.newBudget(), tenant, id, vector, ttlSeconds);
      await put('acme', 'a');
      await put('acme', 'b', 1);
      await put('acme', 'a');
      await expect(put('acme', 'c')).rejects.toThrow(StoredVectorsFullError);
      await expect(put('acme', 'c')).rejects.toThrow(
        /^2 vectors with 64512 bytes are stored, and at most 70000 bytes are allowed/,
      );
      await put('globex', 'c');
      expect(await vectors.get(client.newBudget(), 'acme', 'a')).toMatchObject({ vector });
      expect(await vectors.get(client.newBudget(), 'globex', 'a')).toBeUndefined();
      // What has expired makes room, and so does what is deleted.
      await until('the short-lived one is gone', () =>
        put('acme', 'c').then(
          () => true,
          () => false,
        ),
      );
      expect(await vectors.delete(client.newBudget(), 'acme', 'a')).toBe(true);
      expect(await vectors.delete(client.newBudget(), 'acme', 'a')).toBe(false);
      await put('acme', 'd');
      expect(await topology.ttl('prod:embedding:acme/d')).toBeGreaterThan(50);
    });
  });

  describe(TasksRepository.name, () => {
    const budget = () => client.newBudget();
    const keyOf = (id: string, part: string) => client.keys.key('task', shared(id), part);

    it('hands a result to one claimant of its tenant', async () => {
      const tasks = new TasksRepository(client);
      await tasks.put(budget(), 'acme', 't', { status: 'done', resultJson: '{"a":1}' });
      expect(await tasks.get(budget(), 'globex', 't')).toBeUndefined();
      const task = { status: 'done', progress: 1, resultJson: '{"a":1}' };
      expect(await tasks.get(budget(), 'acme', 't')).toEqual(task);
      const claims = await Promise.all([1, 2, 3].map(() => tasks.claim(budget(), 'acme', 't')));
      expect(claims.filter((claim) => claim !== undefined)).toEqual([task]);
      for (const part of ['status', 'result']) expect(await topology.ttl(keyOf('acme/t', part))).toBe(-2);
    });

    it('goes from pending to done, and keeps its TTL and its last progress', async () => {
      const tasks = new TasksRepository(client);
      const put = (draft: TaskDraft) => tasks.put(budget(), 'default', 't', draft);
      expect(await put({ status: 'pending', ttlSeconds: 7_200 })).toEqual({
        progress: null,
        ttlSeconds: 7_200,
      });
      await expect(tasks.claim(budget(), 'default', 't')).rejects.toThrow('The task is pending');
      await put({ status: 'running', progress: 0.25 });
      expect(await put({ status: 'running' })).toEqual({ progress: 0.25, ttlSeconds: 7_200 });
      await expect(tasks.claim(budget(), 'default', 't')).rejects.toThrow('The task is running');
      expect(await tasks.get(budget(), 'default', 't')).toEqual({ status: 'running', progress: 0.25 });
      expect(await put({ status: 'done', resultJson: '1' })).toEqual({ progress: 1, ttlSeconds: 7_200 });
      for (const part of ['status', 'result'])
        expect(await topology.ttl(keyOf('t', part))).toBeGreaterThan(7_100);
      await expect(put({ status: 'running' })).rejects.toThrow('The task is done');
      await expect(put({ status: 'failed' })).rejects.toThrow('The task is done');
      expect(await tasks.claim(budget(), 'default', 't')).toMatchObject({ status: 'done', resultJson: '1' });
      expect(await put({ status: 'pending' })).toEqual({ progress: null, ttlSeconds: 1_800 });
    });

    it('stores the cause of a failure until it is claimed', async () => {
      const tasks = new TasksRepository(client);
      const put = (draft: TaskDraft) => tasks.put(budget(), 'default', 't', draft);
      await put({ status: 'running', progress: 0.5 });
      await put({ status: 'failed', resultJson: '"no quota"' });
      await expect(put({ status: 'running' })).rejects.toThrow('The task is failed');
      const failed = { status: 'failed', progress: 0.5, resultJson: '"no quota"' };
      expect(await tasks.get(budget(), 'default', 't')).toEqual(failed);
      expect(await tasks.claim(budget(), 'default', 't')).toEqual(failed);
      expect(await tasks.get(budget(), 'default', 't')).toBeUndefined();
    });

    it('reads the bare JSON of another program as the result of a task that is done', async () => {
      const tasks = new TasksRepository(client);
      await tasks.put(budget(), 'default', 't', { status: 'running' });
      await topology.set(keyOf('t', 'result'), Buffer.from('{"n": 12345678901234567890}'));
      expect(await tasks.get(budget(), 'default', 't')).toEqual({
        status: 'done',
        progress: 1,
        resultJson: '{"n": 12345678901234567890}',
      });
      await client.command(budget(), 'DEL', keyOf('t', 'result'));
      await tasks.put(budget(), 'default', 't', { status: 'done', resultJson: '2' });
      // Another program reads and deletes the result: the task no longer exists, and its id is free.
      expect(String(await topology.get(keyOf('t', 'result')))).toBe('2');
      await client.command(budget(), 'DEL', keyOf('t', 'result'));
      expect(await tasks.get(budget(), 'default', 't')).toBeUndefined();
      expect(await tasks.put(budget(), 'default', 't', { status: 'pending' })).toMatchObject({
        progress: null,
      });
      await topology.set(keyOf('u', 'result'), Buffer.from('not JSON'));
      expect(await tasks.get(budget(), 'default', 'u')).toBeUndefined();
    });
  });

  describe(LocksRepository.name, () => {
    it('grants a lock to one owner, with increasing fencing tokens', async () => {
      const locks = new LocksRepository(client);
      expect(await locks.acquire('a b', 'one', 30_000)).toEqual({ state: 'acquired', fence: 1 });
      const held = await locks.acquire('a b', 'two', 30_000);
      expect(held).toMatchObject({ state: 'held' });
      expect(await locks.extend('a b', 'two', 60_000)).toBe(false);
      expect(await locks.extend('a b', 'one', 60_000)).toBe(true);
      expect(await topology.ttl(client.keys.key('lock', shared('a b')))).toBeGreaterThan(50);
      expect(await locks.release('a b', 'two')).toBe(false);
      expect(await locks.release('a b', 'one')).toBe(true);
      expect(await locks.acquire('a b', 'two', 30_000)).toEqual({ state: 'acquired', fence: 2 });
    });
  });

  describe(RateLimiter.name, () => {
    const minute = { windowSeconds: 60 };

    it('charges all policies of a request or none, sets a TTL on each key, and shares them between processes', async () => {
      const policies = [
        { name: 'burst', quota: 5, ...minute },
        { name: 'debt', algorithm: 'gcra', quota: 20, ...minute },
        { name: 'window', algorithm: 'fixed-window', quota: 8, ...minute, partition: 'tenant' },
        { name: 'daily', algorithm: 'calendar', quota: 100, period: 'day', partition: 'tenant' },
      ];
      const one = await createLimiter(client, policies);
      const other = await createLimiter(client, policies);
      expect(await one.take('a', 3)).toMatchObject({ isAllowed: true, isDegraded: false });
      const refused = await other.take('a', 3);
      expect(refused.isAllowed).toBe(false);
      expect(refused.standings.map(({ remaining, waitMs }) => [remaining, waitMs > 0])).toEqual([
        [2, true],
        [17, false],
        [5, false],
        [97, false],
      ]);
      expect((await other.take('b', 5)).standings.map(({ remaining }) => remaining)).toEqual([0, 15, 0, 92]);
      const third = await one.take('c', 1);
      expect(third.standings.map(({ waitMs }) => waitMs > 0)).toEqual([false, false, true, false]);
      const keyOf = (policy: string, ...rest: string[]): string =>
        client.keys.key('ratelimit', policy, shared('acme'), ...rest);
      for (const key of [keyOf('burst', 'a'), keyOf('debt', 'b'), keyOf('window'), keyOf('daily')])
        expect([key, await topology.ttl(key)]).toEqual([key, expect.not.closeTo(-1, 0)]);
      expect(await topology.get(keyOf('burst', 'c'))).toBeNull();
      expect((await topology.get(keyOf('window')))?.toString()).toBe('8');
      await one.stop();
      await other.stop();
    });

    it('refunds the unused part of a reservation', async () => {
      const { limiter, stop } = await createLimiter(client, [
        { name: 'burst', quota: 10, windowSeconds: 600 },
        { name: 'debt', algorithm: 'gcra', quota: 10, windowSeconds: 600 },
        { name: 'window', algorithm: 'fixed-window', quota: 10, windowSeconds: 600 },
      ]);
      const demand = { caller: { address: '::1', tenant: 'acme', keyName: 'a' }, route: undefined };
      const { reservation } = await limiter.decideByPlan(client.newBudget(), 'default', {
        ...demand,
        cost: 8,
        settles: true,
      });
      if (!reservation) throw new Error('Nothing was reserved');
      await expect(limiter.settle(reservation, 9)).rejects.toThrow(RangeError);
      await limiter.settle(reservation, 2);
      const { standings } = await limiter.decideByPlan(client.newBudget(), 'default', { ...demand, cost: 0 });
      expect(standings.map(({ remaining }) => remaining)).toEqual([8, 8, 8]);
      await stop();
    });

    it('counts requests in progress, and releases their leases', async () => {
      const { take, limiter, stop } = await createLimiter(client, [
        { name: 'at-once', unit: 'concurrent-requests', quota: 2, windowSeconds: 30 },
      ]);
      const [first, second] = [await take('a'), await take('a')];
      expect([first.isAllowed, second.isAllowed]).toEqual([true, true]);
      expect(await take('a')).toMatchObject({ isAllowed: false });
      expect(await topology.ttl(client.keys.key('ratelimit', 'at-once', shared('acme'), 'a', 'leases'))).toBe(
        30,
      );
      await limiter.release(first.leases);
      expect(await take('a')).toMatchObject({ isAllowed: true });
      await stop();
    });

    it.each(['sliding-window', 'gcra'])(
      'follows a change of %s policies, keeps what was used in units, and forgets on demand',
      async (algorithm) => {
        const policies = [{ name: 'burst', algorithm, quota: 10, windowSeconds: 600 }];
        const one = await createLimiter(client, policies);
        const other = await createLimiter(client, policies);
        await one.take('a', 10);
        expect(await other.take('a')).toMatchObject({ isAllowed: false });
        const settings = one.policies.settings;
        const raised = { ...settings.policies[0], quota: 30 } as (typeof settings.policies)[number];
        await one.policies.replace({ policies: [raised], plans: settings.plans, beforeAuthentication: [] });
        await until('the other follows', () => other.policies.version === one.policies.version);
        expect((await other.take('a')).standings[0]).toMatchObject({ waitMs: 0, remaining: 19 });
        await one.policies.override({ policy: 'burst', client: 'acme:a', quota: 12 });
        expect((await one.take('a')).standings[0]).toMatchObject({ waitMs: 0, remaining: 0 });
        expect((await one.limiter.lookUp(client.newBudget(), 'burst', 'acme:a')).remaining).toBe(0);
        expect(await one.limiter.reset(client.newBudget(), 'burst', 'acme:a')).toBe(true);
        expect((await one.take('a')).standings[0]?.remaining).toBe(11);
        expect(await one.policies.removeOverride({ policy: 'burst', client: 'acme:a' })).toBe(true);
        expect((await one.take('a')).standings[0]?.remaining).toBe(28);
        expect(one.policies.replicas).toBe(2);
        await one.stop();
        await other.stop();
      },
    );
  });

  describe(EmbeddingsRepository.name, () => {
    const space = { model: 'm', dimensions: 3, shortened: false };
    const texts = Array.from({ length: 40 }, (_, index) => `text ${index}`);
    const keyOf = (text: string): string => `prod:emb:m:${sha256(text)}`;
    const vectorOf = (index: number): Float32Array => Float32Array.of(index, -index, 0.5);
    let embedded: number[];

    const embed = async (wanted: readonly string[]) => {
      embedded = [];
      const config = { cache: { localBytes: 0 } } as MarqueeConfig;
      const repository = new EmbeddingsRepository(createCache(client).cache, config);
      const create = (inputs: readonly EmbeddingInput[]) => {
        const positions = inputs.map((input) => texts.indexOf(String(input)));
        embedded.push(...positions);
        return Promise.resolve(positions.map(vectorOf));
      };
      const cached = await repository.getOrCreate(space, wanted, create, { budget: client.newBudget() });
      return cached.map(({ value, outcome, stored }) => ({ value, outcome, stored }));
    };

    it('stores vectors in the documented bytes for seven days, and returns them in order', async () => {
      const first = await embed(texts);
      expect(first).toEqual(
        texts.map((_, index) => ({ value: vectorOf(index), outcome: 'miss', stored: true })),
      );
      const second = await embed(texts);
      expect(second).toEqual(
        texts.map((_, index) => ({ value: vectorOf(index), outcome: 'redis_hit', stored: true })),
      );
      expect(embedded).toEqual([]);
      expect(await topology.get(keyOf('text 1'))).toEqual(Buffer.from('3f800000bf8000003f000000', 'hex'));
      expect(await topology.ttl(keyOf('text 1'))).toBeGreaterThan(604_790);
    });

    it('does not overwrite a value that another program wrote first, but replaces a broken one', async () => {
      await topology.set(keyOf('text 0'), Buffer.from('3f8000003f8000003f800000', 'hex'));
      await topology.set(keyOf('text 1'), Buffer.from('short'));
      await embed(texts.slice(0, 3));
      expect(embedded).toEqual([1, 2]);
      const after = await embed(texts.slice(0, 3));
      expect(after.map(({ value }) => value)).toEqual([Float32Array.of(1, 1, 1), vectorOf(1), vectorOf(2)]);
    });

    it('releases its locks', async () => {
      await embed(texts.slice(0, 5));
      await until(
        'the locks are released',
        async () => !(await topology.get(`prod:lock:${encodeKeyPart(keyOf('text 1'))}`)),
      );
    });

    it('keeps working after the servers have lost the scripts', async () => {
      await topology.forgetScripts();
      await embed(texts);
      await embed(texts);
      expect(embedded).toEqual([]);
    });
  });
});
