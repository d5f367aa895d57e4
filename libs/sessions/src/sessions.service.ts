import { Injectable } from '@nestjs/common';
import type { RedisBudget } from '@app/redis';
import { v7 as uuidV7 } from 'uuid';
import {
  type JsonObject,
  MAX_SESSION_MS,
  MAX_CHUNKS,
  MAX_FIELDS,
  MAX_TRANSCRIPT_BYTES,
  ownFields,
  SESSION_TTL_MS,
  type SessionWithState,
} from './session.js';
import { SessionIndexRepository } from './session-index.repository.js';
import { SessionSweeper } from './session-sweeper.js';
import { mergePatch, parseState, toStateJson } from './session-state.js';
import {
  IdempotencyConflictError,
  SessionCompletedError,
  SessionContendedError,
  SessionLimitError,
  SessionNotFoundError,
  SessionsFullError,
} from './sessions.errors.js';
import { HeldBytesRepository } from './held-bytes.repository.js';
import { SessionsRepository, type SessionUpdate, type UpdateResult } from './sessions.repository.js';
import { type Append, TranscriptsRepository } from './transcripts.repository.js';
import { type StoredSession, withState } from './stored-session.js';

export interface SessionDraft {
  readonly userId?: string | undefined;
  readonly agentId?: string | undefined;
  readonly language?: string | undefined;
  /** Each use extends the session to this from then on; a day by default. */
  readonly ttlSeconds?: number | undefined;
  readonly metadata?: Readonly<Record<string, string>> | undefined;
  readonly state?: JsonObject | undefined;
}

/** What to change. Null removes. */
export interface SessionPatch {
  readonly userId?: string | null | undefined;
  readonly agentId?: string | null | undefined;
  readonly language?: string | null | undefined;
  readonly metadata?: Readonly<Record<string, string | null>> | undefined;
  /** A JSON Merge Patch (RFC 7396), or the whole state where `replaceState` is true. */
  readonly state?: JsonObject | null | undefined;
  readonly replaceState?: boolean | undefined;
}

/** One of them succeeds in each round, so as many requests may merge into one state at the same time. */
const maxMergeAttempts = 100;

/**
 * Sessions of tenants with their transcripts. Each call throws SessionsUnavailableError when Redis does not confirm it, and
 * SessionNotFoundError for a session that the tenant does not have.
 */
@Injectable()
export class SessionsService {
  constructor(
    private readonly repository: SessionsRepository,
    private readonly index: SessionIndexRepository,
    private readonly sweeper: SessionSweeper,
    private readonly transcripts: TranscriptsRepository,
    private readonly heldBytes: HeldBytesRepository,
  ) {}

  async create(budget: RedisBudget, tenantId: string, draft: SessionDraft): Promise<SessionWithState> {
    const id = uuidV7();
    const startedAt = new Date().toISOString();
    const fields = new Map<string, string>([
      ['tenant_id', tenantId],
      ['started_at', startedAt],
    ]);
    if (draft.userId !== undefined) fields.set('user_id', draft.userId);
    if (draft.agentId !== undefined) fields.set('agent_id', draft.agentId);
    if (draft.language !== undefined) fields.set('language', draft.language);
    const { ttlSeconds } = draft;
    if (ttlSeconds !== undefined) fields.set('ttl_seconds', `${ttlSeconds}`);
    if (draft.state !== undefined) fields.set('state', toStateJson(draft.state));
    for (const [name, value] of Object.entries(draft.metadata ?? {})) fields.set(name, value);
    if (fields.size > MAX_FIELDS) throw tooManyFields();
    // First: an index entry without a session is swept, a session without an entry would be lost from sight.
    const ttlMs = ttlSeconds === undefined ? SESSION_TTL_MS : ttlSeconds * 1000;
    await this.index.touch(budget, tenantId, id, { userId: draft.userId, lifeMs: ttlMs });
    await this.withRoom(tenantId, () => this.repository.create(budget, tenantId, id, ttlMs, fields));
    this.sweeper.sweepSoon(budget, { tenantId });
    return withState(id, { fields, remainingMs: ttlMs });
  }

  async get(budget: RedisBudget, tenantId: string, id: string): Promise<SessionWithState> {
    return this.used(tenantId, id, await this.repository.read(budget, tenantId, id));
  }

  async patch(
    budget: RedisBudget,
    tenantId: string,
    id: string,
    patch: SessionPatch,
  ): Promise<SessionWithState> {
    const changes = new Map<string, string | null | undefined>([
      ['user_id', patch.userId],
      ['agent_id', patch.agentId],
      ['language', patch.language],
      ...Object.entries(patch.metadata ?? {}),
    ]);
    const { state, replaceState = false } = patch;
    if (state === null) changes.set('state', null);
    else if (state && replaceState) changes.set('state', toStateJson(state));
    const set = new Map(
      [...changes].filter((change): change is [string, string] => typeof change[1] === 'string'),
    );
    const removed = [...changes].filter(([, value]) => value === null).map(([name]) => name);
    if (typeof patch.userId === 'string') {
      // First, as in `create`. The old user's index loses the entry when it is met there.
      await this.index.touch(budget, tenantId, id, { userId: patch.userId, lifeMs: SESSION_TTL_MS });
    }
    const result = await this.withRoom(tenantId, () =>
      state && !replaceState
        ? this.mergeState(budget, tenantId, id, { set, removed }, state)
        : this.repository.update(budget, tenantId, id, { set, removed }),
    );
    switch (result.state) {
      case 'ok':
        return this.used(tenantId, id, result.session);
      case 'missing':
        throw new SessionNotFoundError();
      case 'too-many':
        throw tooManyFields();
      case 'changed':
        throw new SessionContendedError();
    }
  }

  /** Merges here, and stores only if the state is still the one that was merged into: Redis's own JSON loses digits. */
  private async mergeState(
    budget: RedisBudget,
    tenantId: string,
    id: string,
    { set, removed }: SessionUpdate,
    patch: JsonObject,
  ): Promise<UpdateResult> {
    let current: string | undefined;
    for (let attempt = 1; ; attempt++) {
      const merged = toStateJson(mergePatch(parseState(current) ?? {}, patch));
      const result = await this.repository.update(budget, tenantId, id, {
        set: new Map([...set, ['state', merged]]),
        removed,
        expectedState: current ?? null,
      });
      if (result.state !== 'changed' || attempt === maxMergeAttempts) return result;
      current = result.current;
      // Redis has answered: what it takes is not an outage.
      budget.renew();
    }
  }

  /** Lets it live for `ttlSeconds` from now, where it would not live longer anyway. @throws RangeError beyond thirty days */
  async extend(
    budget: RedisBudget,
    tenantId: string,
    id: string,
    ttlSeconds: number,
  ): Promise<SessionWithState> {
    const ttlMs = ttlSeconds * 1000;
    if (!(ttlMs > 0 && ttlMs <= MAX_SESSION_MS))
      throw new RangeError('ttlSeconds must be at most thirty days');
    return this.used(tenantId, id, await this.repository.read(budget, tenantId, id, ttlMs));
  }

  async delete(budget: RedisBudget, tenantId: string, id: string): Promise<void> {
    const { userId } = await this.index.factsOf(budget, id);
    if (!(await this.repository.delete(budget, tenantId, id))) throw new SessionNotFoundError();
    // It is gone: an entry that stays behind is removed when it is met.
    await this.index.remove(budget, { tenantId, userId }, id).catch(() => undefined);
  }

  /**
   * Appends chunks in order, all or none; how many there are then.
   *
   * @throws SessionCompletedError, IdempotencyConflictError, SessionLimitError, SessionsFullError
   */
  async append(
    budget: RedisBudget,
    tenantId: string,
    id: string,
    request: Append,
  ): Promise<{ total: number; replayed: boolean }> {
    const { state, total } = await this.withRoom(tenantId, () =>
      this.transcripts.append(budget, tenantId, id, request),
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
        throw new SessionLimitError(
          'chunks',
          `A transcript holds at most ${MAX_CHUNKS} chunks; there are ${total}`,
        );
      case 'too-large':
        throw new SessionLimitError(
          'chunks',
          `A transcript holds at most ${MAX_TRANSCRIPT_BYTES} bytes; there are ${total}`,
        );
    }
  }

  async transcript(
    budget: RedisBudget,
    tenantId: string,
    id: string,
    offset: number,
    limit: number,
  ): Promise<{ total: number; chunks: string[] }> {
    const found = await this.transcripts.page(budget, tenantId, id, offset, offset + limit - 1);
    if (!found) throw new SessionNotFoundError();
    this.index.touchSoon(tenantId, id);
    return found;
  }

  /** The whole text: the chunks with single spaces between them. */
  async text(budget: RedisBudget, tenantId: string, id: string): Promise<string> {
    const found = await this.transcripts.page(budget, tenantId, id, 0, -1);
    if (!found) throw new SessionNotFoundError();
    this.index.touchSoon(tenantId, id);
    return found.chunks.join(' ');
  }

  /** Ends the transcript. Once more it answers what it answered first, and tells nobody again. */
  async complete(
    budget: RedisBudget,
    tenantId: string,
    id: string,
    deleteTranscript: boolean,
  ): Promise<{ total: number; completedAt: string }> {
    const { state, total, completedAt } = await this.transcripts.complete(
      budget,
      tenantId,
      id,
      deleteTranscript,
    );
    if (state === 'missing') throw new SessionNotFoundError();
    this.index.touchSoon(tenantId, id);
    return { total, completedAt };
  }

  /** Makes a change; where memory is used up, once more after expired sessions have given theirs back. */
  private async withRoom<T>(tenantId: string, change: () => Promise<T>): Promise<T> {
    try {
      return await change();
    } catch (error) {
      if (!(error instanceof SessionsFullError)) throw error;
      const tenants = error.scope === 'tenant' ? [tenantId] : await this.heldBytes.tenants();
      const reclaimed = await Promise.all(tenants.map((tenant) => this.heldBytes.reclaimNow(tenant)));
      if (!reclaimed.includes(true)) throw error;
      return change();
    }
  }

  private used(tenantId: string, id: string, stored: StoredSession | undefined): SessionWithState {
    if (!stored) throw new SessionNotFoundError();
    const userId = stored.fields.get('user_id');
    this.index.touchSoon(tenantId, id, { userId, lifeMs: stored.remainingMs });
    return withState(id, stored);
  }
}

const tooManyFields = (): SessionLimitError =>
  new SessionLimitError(
    'metadata',
    `A session holds at most ${MAX_FIELDS} fields, Marquee's own ${ownFields.length} among them`,
  );
