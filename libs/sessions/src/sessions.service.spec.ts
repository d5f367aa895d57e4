import { beforeEach, describe, expect, it } from '@jest/globals';
import { RedisBudget } from '@app/redis';
import type { MemoryReclaimer } from './memory-reclaimer.js';
import { type JsonObject, MAX_FIELDS } from './session.js';
import type { IndexFacts, SessionIndexRepository } from './session-index.repository.js';
import type { SessionSweeper } from './session-sweeper.js';
import {
  SessionContendedError,
  SessionLimitError,
  SessionNotFoundError,
  SessionsFullError,
  SessionsUnavailableError,
} from './sessions.errors.js';
import type { SessionsRepository } from './sessions.repository.js';
import { SessionsService } from './sessions.service.js';
import type { StoredSession } from './stored-session.js';
import type { NewSession, SessionRef, SessionUpdate, UpdateResult } from './writer/session-writer.js';

const tenantId = 'acme';
const id = 's-1';
const budget = new RedisBudget(1_000);
const stored = (fields: Record<string, string> = {}, remainingMs = 60_000): StoredSession => ({
  fields: new Map(Object.entries({ tenant_id: tenantId, ...fields })),
  remainingMs,
});

class FakeRepository {
  session: StoredSession | undefined = stored();
  readonly reads: { readonly minTtlMs: number | undefined }[] = [];

  read(_: RedisBudget, __: string, ___: string, minTtlMs?: number): Promise<StoredSession | undefined> {
    this.reads.push({ minTtlMs });
    return Promise.resolve(this.session);
  }
}

/** Replies what a test sets; by default as for a session that exists. */
class FakeWriter {
  readonly log: string[];
  readonly created: (SessionRef & NewSession)[] = [];
  readonly updates: SessionUpdate[] = [];
  updateResults: UpdateResult[] = [];
  isDeleted = true;
  failure: Error | undefined;

  constructor(log: string[]) {
    this.log = log;
  }

  create(_: RedisBudget, session: SessionRef, draft: NewSession): Promise<boolean> {
    this.log.push('create');
    if (this.failure) return Promise.reject(this.failure);
    this.created.push({ ...session, ...draft });
    return Promise.resolve(true);
  }

  update(_: RedisBudget, __: SessionRef, update: SessionUpdate): Promise<UpdateResult> {
    this.log.push('update');
    this.updates.push(update);
    return Promise.resolve(this.updateResults.shift() ?? { state: 'ok', session: stored() });
  }

  delete(): Promise<boolean> {
    return Promise.resolve(this.isDeleted);
  }
}

class FakeIndex {
  readonly log: string[];
  readonly touched: ({ readonly id: string } & Partial<IndexFacts>)[] = [];
  removed: { readonly tenantId: string; readonly userId?: string | undefined } | undefined;
  failure: Error | undefined;

  constructor(log: string[]) {
    this.log = log;
  }

  touch(_: RedisBudget, __: string, session: string, facts: IndexFacts): Promise<void> {
    this.log.push('touch');
    this.touched.push({ id: session, ...facts });
    return this.failure ? Promise.reject(this.failure) : Promise.resolve();
  }

  touchSoon(_: string, session: string, facts?: IndexFacts): void {
    this.touched.push({ id: session, ...facts });
  }

  factsOf(): Promise<IndexFacts> {
    return Promise.resolve({ userId: 'ann', lifeMs: 60_000 });
  }

  remove(_: RedisBudget, owner: { readonly tenantId: string }): Promise<void> {
    this.removed = owner;
    return this.failure ? Promise.reject(this.failure) : Promise.resolve();
  }
}

/** Counts the changes that it was given room for. */
class FakeMemory {
  changes = 0;

  withRoom<T>(_: string, change: () => Promise<T>): Promise<T> {
    this.changes++;
    return change();
  }
}

describe(SessionsService.name, () => {
  let log: string[];
  let repository: FakeRepository;
  let writer: FakeWriter;
  let index: FakeIndex;
  let memory: FakeMemory;
  let sut: SessionsService;

  beforeEach(() => {
    log = [];
    repository = new FakeRepository();
    writer = new FakeWriter(log);
    index = new FakeIndex(log);
    memory = new FakeMemory();
    sut = new SessionsService(
      repository as unknown as SessionsRepository,
      writer as unknown as ConstructorParameters<typeof SessionsService>[1],
      index as unknown as SessionIndexRepository,
      { sweepSoon: () => log.push('sweep') } as unknown as SessionSweeper,
      memory as unknown as MemoryReclaimer,
    );
  });

  describe('create', () => {
    it('stores the fields of the draft and returns the session', async () => {
      const draft = { userId: 'ann', language: 'en', metadata: { room: '7' }, state: { step: 1 } };
      const session = await sut.create(budget, tenantId, draft);
      const [created] = writer.created;
      expect(created).toMatchObject({ tenantId, id: session.id, ttlMs: 86_400_000 });
      expect(Object.fromEntries(created?.fields ?? [])).toEqual({
        tenant_id: 'acme',
        started_at: session.startedAt,
        user_id: 'ann',
        language: 'en',
        room: '7',
        state: '{"step":1}',
      });
      expect(session).toMatchObject({ ...draft, tenantId, agentId: null, completedAt: null });
    });

    it('uses the TTL of the draft for the session and for the index', async () => {
      await sut.create(budget, tenantId, { ttlSeconds: 120 });
      expect(writer.created[0]?.ttlMs).toBe(120_000);
      expect(index.touched[0]).toMatchObject({ id: writer.created[0]?.id, lifeMs: 120_000 });
    });

    it('adds the index entry before the session, so that no session is missing from the lists', async () => {
      await sut.create(budget, tenantId, {});
      expect(log).toEqual(['touch', 'create', 'sweep']);
      index.failure = new SessionsUnavailableError();
      await expect(sut.create(budget, tenantId, {})).rejects.toBe(index.failure);
      expect(writer.created).toHaveLength(1);
    });

    it('rejects more fields than a session may have, before anything is written', async () => {
      const metadata = Object.fromEntries(Array.from({ length: MAX_FIELDS - 1 }, (_, n) => [`f${n}`, '']));
      await expect(sut.create(budget, tenantId, { metadata })).rejects.toMatchObject({
        name: SessionLimitError.name,
        errors: [{ field: 'metadata' }],
      });
      expect(log).toEqual([]);
    });

    it('throws SessionsFullError when there is no room', async () => {
      writer.failure = new SessionsFullError('tenant', 10, 10);
      await expect(sut.create(budget, tenantId, {})).rejects.toBe(writer.failure);
      expect(memory.changes).toBe(1);
    });
  });

  describe('get and extend', () => {
    it('returns the session and moves it to the front of the index, with its TTL', async () => {
      repository.session = stored({ user_id: 'ann' }, 90_000);
      expect(await sut.get(budget, tenantId, id)).toMatchObject({ id, tenantId, userId: 'ann' });
      expect(index.touched).toEqual([{ id, userId: 'ann', lifeMs: 90_000 }]);
    });

    it('throws SessionNotFoundError for a session that the tenant does not have', async () => {
      repository.session = undefined;
      await expect(sut.get(budget, tenantId, id)).rejects.toThrow(SessionNotFoundError);
      await expect(sut.extend(budget, tenantId, id, 60)).rejects.toThrow(SessionNotFoundError);
      expect(index.touched).toEqual([]);
    });

    it('extends by up to thirty days', async () => {
      await sut.extend(budget, tenantId, id, 2_592_000);
      expect(repository.reads).toEqual([{ minTtlMs: 2_592_000_000 }]);
      for (const seconds of [2_592_001, 0, -1, NaN])
        await expect(sut.extend(budget, tenantId, id, seconds)).rejects.toThrow(RangeError);
      expect(repository.reads).toHaveLength(1);
    });
  });

  describe('patch', () => {
    it('sets values, removes nulls and leaves out what is undefined', async () => {
      const patch = { userId: undefined, language: null, metadata: { a: '1', b: null } };
      await sut.patch(budget, tenantId, id, patch);
      expect(writer.updates).toEqual([{ set: new Map([['a', '1']]), removed: ['language', 'b'] }]);
      expect(memory.changes).toBe(1);
    });

    it("adds the session to the new user's index before the session changes", async () => {
      await sut.patch(budget, tenantId, id, { userId: 'bob' });
      expect(log).toEqual(['touch', 'update']);
      expect(index.touched[0]).toMatchObject({ id, userId: 'bob' });
    });

    it('replaces the state as a whole, or removes it, without an expectation', async () => {
      await sut.patch(budget, tenantId, id, { state: { a: 1 }, replaceState: true });
      await sut.patch(budget, tenantId, id, { state: null });
      expect(writer.updates).toEqual([
        { set: new Map([['state', '{"a":1}']]), removed: [] },
        { set: new Map(), removed: ['state'] },
      ]);
    });

    it('merges the state again, into the current one, when another request has changed it', async () => {
      writer.updateResults = [
        { state: 'changed', current: '{"a":1,"b":2}' },
        { state: 'changed', current: '{"a":1,"b":3}' },
        { state: 'ok', session: stored({ state: '{"b":3,"c":4}' }) },
      ];
      const patch = { metadata: { x: '1' }, state: { a: null, c: 4 } };
      expect((await sut.patch(budget, tenantId, id, patch)).state).toEqual({ b: 3, c: 4 });
      const update = (state: JsonObject, expectedState: string | null): SessionUpdate => ({
        set: new Map([
          ['x', '1'],
          ['state', JSON.stringify(state)],
        ]),
        removed: [],
        expectedState,
      });
      expect(writer.updates).toEqual([
        update({ c: 4 }, null),
        update({ b: 2, c: 4 }, '{"a":1,"b":2}'),
        update({ b: 3, c: 4 }, '{"a":1,"b":3}'),
      ]);
    });

    it('throws SessionContendedError after 100 attempts to merge', async () => {
      writer.updateResults = Array.from(
        { length: 200 },
        () => ({ state: 'changed', current: '{}' }) as const,
      );
      await expect(sut.patch(budget, tenantId, id, { state: { a: 1 } })).rejects.toThrow(
        SessionContendedError,
      );
      expect(writer.updates).toHaveLength(100);
    });

    it.each([
      ['missing', SessionNotFoundError],
      ['too-many', SessionLimitError],
    ] as const)('throws the error for the reply "%s"', async (state, error) => {
      writer.updateResults = [{ state }];
      await expect(sut.patch(budget, tenantId, id, {})).rejects.toThrow(error);
    });
  });

  describe('delete', () => {
    it("removes the session from its tenant's and its user's index", async () => {
      await sut.delete(budget, tenantId, id);
      expect(index.removed).toEqual({ tenantId, userId: 'ann' });
    });

    it('succeeds when the index cannot be updated, since entries without a session are swept', async () => {
      index.failure = new SessionsUnavailableError();
      await expect(sut.delete(budget, tenantId, id)).resolves.toBeUndefined();
    });

    it('throws SessionNotFoundError for a session that the tenant does not have', async () => {
      writer.isDeleted = false;
      await expect(sut.delete(budget, tenantId, id)).rejects.toThrow(SessionNotFoundError);
      expect(index.removed).toBeUndefined();
    });
  });
});
