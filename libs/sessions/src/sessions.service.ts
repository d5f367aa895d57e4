import { Injectable } from '@nestjs/common';
import type { RedisBudget } from '@app/redis';
import { v7 as uuidV7 } from 'uuid';
import { mergeState } from './merge-state.js';
import { MemoryReclaimer } from './memory-reclaimer.js';
import { MAX_SESSION_MS, SESSION_TTL_MS, type SessionWithState } from './session.js';
import {
  type SessionDraft,
  type SessionPatch,
  toFields,
  tooManyFields,
  toUpdate,
} from './session-changes.js';
import { SessionIndexRepository } from './session-index.repository.js';
import { SessionSweeper } from './session-sweeper.js';
import { SessionContendedError, SessionNotFoundError } from './sessions.errors.js';
import { SessionsRepository } from './sessions.repository.js';
import { type StoredSession, withState } from './stored-session.js';
import { SessionWriter } from './writer/session-writer.js';

/**
 * Manages the sessions of tenants. Each call throws SessionsUnavailableError if Redis does not confirm it, and
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
    // The index comes first. An entry without a session is swept, but a session without an entry would never be listed.
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

  /** Extends a session to `ttlSeconds` from now, unless its TTL is already longer. @throws RangeError beyond thirty days */
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
    // If this fails, the entry is swept later.
    await this.index.remove(budget, { tenantId, userId }, id).catch(() => undefined);
  }

  private touched(tenantId: string, id: string, stored: StoredSession | undefined): SessionWithState {
    if (!stored) throw new SessionNotFoundError();
    const userId = stored.fields.get('user_id');
    this.index.touchSoon(tenantId, id, { userId, lifeMs: stored.remainingMs });
    return withState(id, stored);
  }
}
