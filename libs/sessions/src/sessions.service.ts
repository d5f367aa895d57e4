import { Injectable } from '@nestjs/common';
import type { RedisBudget } from '@app/redis';
import { v7 as uuidV7 } from 'uuid';
import { mergeState } from './merge-state.js';
import { MemoryReclaimer } from './memory-reclaimer.js';
import {
  MAX_CHUNKS,
  MAX_SESSION_MS,
  MAX_TRANSCRIPT_BYTES,
  SESSION_TTL_MS,
  type SessionWithState,
} from './session.js';
import {
  type SessionDraft,
  type SessionPatch,
  toFields,
  tooManyFields,
  toUpdate,
} from './session-changes.js';
import { SessionIndexRepository } from './session-index.repository.js';
import { SessionSweeper } from './session-sweeper.js';
import {
  IdempotencyConflictError,
  SessionCompletedError,
  SessionContendedError,
  SessionLimitError,
  SessionNotFoundError,
} from './sessions.errors.js';
import { SessionsRepository, type TranscriptPage } from './sessions.repository.js';
import { type StoredSession, withState } from './stored-session.js';
import { type Append, type SessionRef, SessionWriter } from './writer/session-writer.js';

/**
 * Manages the sessions of tenants and their transcripts. Every call throws SessionsUnavailableError if Redis does not confirm it, and
 * SessionNotFoundError if the tenant has no such session.
 */
@Injectable()
export class SessionsService {
  constructor(
    private readonly repository: SessionsRepository,
    private readonly writer: SessionWriter,
    private readonly index: SessionIndexRepository,
    private readonly sweeper: SessionSweeper,
    private readonly memory: MemoryReclaimer,
  ) {}

  /** Creates a session. @throws SessionLimitError, SessionsFullError */
  async create(budget: RedisBudget, tenantId: string, draft: SessionDraft): Promise<SessionWithState> {
    const id = uuidV7();
    const fields = toFields(tenantId, draft);
    const ttlMs = draft.ttlSeconds === undefined ? SESSION_TTL_MS : draft.ttlSeconds * 1000;
    // The index comes first: an entry without a session is swept, but a session without an entry would never be listed.
    await this.index.touch(budget, tenantId, id, { userId: draft.userId, lifeMs: ttlMs });
    await this.memory.withRoom(tenantId, () =>
      this.writer.create(budget, { tenantId, id }, { ttlMs, fields }),
    );
    this.sweeper.sweepSoon(budget, { tenantId });
    return withState(id, { fields, remainingMs: ttlMs });
  }

  /** Returns a session and extends it. */
  async get(budget: RedisBudget, tenantId: string, id: string): Promise<SessionWithState> {
    return this.touched(tenantId, id, await this.repository.read(budget, tenantId, id));
  }

  /**
   * Makes all changes of a patch, or none.
   *
   * @throws SessionContendedError, SessionLimitError, SessionsFullError
   */
  async patch(
    budget: RedisBudget,
    tenantId: string,
    id: string,
    patch: SessionPatch,
  ): Promise<SessionWithState> {
    const session = { tenantId, id };
    const update = toUpdate(patch);
    const { state, replaceState = false } = patch;
    if (typeof patch.userId === 'string') {
      // The index comes first, as in `create`. The entry in the old user's index is swept.
      await this.index.touch(budget, tenantId, id, { userId: patch.userId, lifeMs: SESSION_TTL_MS });
    }
    const result = await this.memory.withRoom(tenantId, () =>
      state && !replaceState
        ? mergeState(this.writer, budget, session, { patch: state, update })
        : this.writer.update(budget, session, update),
    );
    switch (result.state) {
      case 'ok':
        return this.touched(tenantId, id, result.session);
      case 'missing':
        throw new SessionNotFoundError();
      case 'too-many':
        throw tooManyFields();
      case 'changed':
        throw new SessionContendedError();
    }
  }

  /** Extends a session to `ttlSeconds` from now, unless it lives longer anyway. @throws RangeError beyond thirty days */
  async extend(
    budget: RedisBudget,
    tenantId: string,
    id: string,
    ttlSeconds: number,
  ): Promise<SessionWithState> {
    const ttlMs = ttlSeconds * 1000;
    if (!(ttlMs > 0 && ttlMs <= MAX_SESSION_MS))
      throw new RangeError('ttlSeconds must be at most thirty days');
    return this.touched(tenantId, id, await this.repository.read(budget, tenantId, id, ttlMs));
  }

  /** Deletes a session with its transcript. */
  async delete(budget: RedisBudget, tenantId: string, id: string): Promise<void> {
    const { userId } = await this.index.factsOf(budget, id);
    if (!(await this.writer.delete(budget, { tenantId, id }))) throw new SessionNotFoundError();
    // The session is deleted either way: an index entry that stays behind is swept.
    await this.index.remove(budget, { tenantId, userId }, id).catch(() => undefined);
  }

  /**
   * Appends chunks in order, all or none. Returns the total number of chunks.
   *
   * @throws SessionCompletedError, IdempotencyConflictError, SessionLimitError, SessionsFullError
   */
  async append(
    budget: RedisBudget,
    tenantId: string,
    id: string,
    request: Append,
  ): Promise<{ total: number; replayed: boolean }> {
    const { state, total } = await this.memory.withRoom(tenantId, () =>
      this.writer.append(budget, { tenantId, id }, request),
    );
    switch (state) {
      case 'appended':
      case 'replayed':
        this.index.touchSoon(tenantId, id);
        return { total, replayed: state === 'replayed' };
      case 'missing':
        throw new SessionNotFoundError();
      case 'completed':
        throw new SessionCompletedError();
      case 'conflict':
        throw new IdempotencyConflictError();
      case 'too-many':
        throw transcriptFull(`${MAX_CHUNKS} chunks`, total);
      case 'too-large':
        throw transcriptFull(`${MAX_TRANSCRIPT_BYTES} bytes`, total);
    }
  }

  /** Returns a page of the transcript and extends the session. */
  async transcript(
    budget: RedisBudget,
    tenantId: string,
    id: string,
    offset: number,
    limit: number,
  ): Promise<TranscriptPage> {
    return this.page(budget, { tenantId, id }, offset, offset + limit - 1);
  }

  /** Returns the whole text, its chunks joined by single spaces, and extends the session. */
  async text(budget: RedisBudget, tenantId: string, id: string): Promise<string> {
    return (await this.page(budget, { tenantId, id }, 0, -1)).chunks.join(' ');
  }

  /** Completes the transcript. Returns the first result again, and publishes no event, if it is already completed. */
  async complete(
    budget: RedisBudget,
    tenantId: string,
    id: string,
    deleteTranscript: boolean,
  ): Promise<{ total: number; completedAt: string }> {
    const session = { tenantId, id };
    const { state, total, completedAt } = await this.writer.complete(budget, session, deleteTranscript);
    if (state === 'missing') throw new SessionNotFoundError();
    this.index.touchSoon(tenantId, id);
    return { total, completedAt };
  }

  private async page(
    budget: RedisBudget,
    { tenantId, id }: SessionRef,
    first: number,
    last: number,
  ): Promise<TranscriptPage> {
    const page = await this.repository.page(budget, tenantId, id, first, last);
    if (!page) throw new SessionNotFoundError();
    this.index.touchSoon(tenantId, id);
    return page;
  }

  private touched(tenantId: string, id: string, stored: StoredSession | undefined): SessionWithState {
    if (!stored) throw new SessionNotFoundError();
    const userId = stored.fields.get('user_id');
    this.index.touchSoon(tenantId, id, { userId, lifeMs: stored.remainingMs });
    return withState(id, stored);
  }
}

const transcriptFull = (limit: string, total: number): SessionLimitError =>
  new SessionLimitError('chunks', `A transcript holds at most ${limit}; there are ${total}`);
