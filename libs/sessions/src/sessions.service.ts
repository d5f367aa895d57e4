import { Injectable } from '@nestjs/common';
import type { RedisBudget } from '@app/redis';
import { v7 as uuidV7 } from 'uuid';
import {
  LONGEST_SESSION_MS,
  MOST_CHUNKS,
  MOST_FIELDS,
  MOST_TRANSCRIPT_BYTES,
  ownFields,
  type Session,
  SESSION_TTL_MS,
} from './session.js';
import {
  IdempotencyConflictError,
  SessionCompletedError,
  SessionLimitError,
  SessionNotFoundError,
  SessionsFullError,
} from './sessions.errors.js';
import { HeldBytesRepository } from './held-bytes.repository.js';
import { SessionsRepository, type StoredSession } from './sessions.repository.js';
import { type Append, TranscriptsRepository } from './transcripts.repository.js';

export interface SessionDraft {
  readonly userId?: string | undefined;
  readonly agentId?: string | undefined;
  readonly language?: string | undefined;
  readonly metadata?: Readonly<Record<string, string>> | undefined;
}

/** What to change. Null removes. */
export interface SessionPatch {
  readonly userId?: string | null | undefined;
  readonly agentId?: string | null | undefined;
  readonly language?: string | null | undefined;
  readonly metadata?: Readonly<Record<string, string | null>> | undefined;
}

export interface SessionPage {
  readonly sessions: readonly Session[];
  /** Where the next page begins; null at the end. */
  readonly nextCursor: string | null;
}

const own = new Set<string>(ownFields);
/** Index entries read at once, and how often for one page at the most: dead ones are swept on the way. */
const entriesPerRead = 100;
const mostReadsPerPage = 10;
/** An entry is there before its session: a young one without is no dead one. */
const beingMadeMs = 60_000;

/**
 * Sessions of tenants with their transcripts. Each call throws SessionsUnavailableError when Redis does not confirm it, and
 * SessionNotFoundError for a session that the tenant does not have.
 */
@Injectable()
export class SessionsService {
  constructor(
    private readonly repository: SessionsRepository,
    private readonly transcripts: TranscriptsRepository,
    private readonly heldBytes: HeldBytesRepository,
  ) {}

  async create(budget: RedisBudget, tenantId: string, draft: SessionDraft): Promise<Session> {
    const id = uuidV7();
    const startedAt = new Date().toISOString();
    const fields = new Map<string, string>([
      ['tenant_id', tenantId],
      ['started_at', startedAt],
    ]);
    if (draft.userId !== undefined) fields.set('user_id', draft.userId);
    if (draft.agentId !== undefined) fields.set('agent_id', draft.agentId);
    if (draft.language !== undefined) fields.set('language', draft.language);
    for (const [name, value] of Object.entries(draft.metadata ?? {})) fields.set(name, value);
    if (fields.size > MOST_FIELDS) throw tooManyFields();
    // First: an index entry without a session is swept, a session without an entry would be lost from sight.
    await this.repository.touch(budget, tenantId, id);
    await this.withRoom(tenantId, () => this.repository.create(budget, tenantId, id, SESSION_TTL_MS, fields));
    return toSession(id, { fields, remainingMs: SESSION_TTL_MS });
  }

  async get(budget: RedisBudget, tenantId: string, id: string): Promise<Session> {
    return this.used(tenantId, id, await this.repository.read(budget, tenantId, id));
  }

  async patch(budget: RedisBudget, tenantId: string, id: string, patch: SessionPatch): Promise<Session> {
    const changes = new Map<string, string | null | undefined>([
      ['user_id', patch.userId],
      ['agent_id', patch.agentId],
      ['language', patch.language],
      ...Object.entries(patch.metadata ?? {}),
    ]);
    const set = new Map(
      [...changes].filter((change): change is [string, string] => typeof change[1] === 'string'),
    );
    const removed = [...changes].filter(([, value]) => value === null).map(([name]) => name);
    const result = await this.withRoom(tenantId, () =>
      this.repository.update(budget, tenantId, id, set, removed),
    );
    if (result.state === 'too-many') throw tooManyFields();
    return this.used(tenantId, id, result.state === 'ok' ? result.session : undefined);
  }

  /** Lets it live for `ttlSeconds` from now, where it would not live longer anyway. @throws RangeError beyond seven days */
  async extend(budget: RedisBudget, tenantId: string, id: string, ttlSeconds: number): Promise<Session> {
    const ttlMs = ttlSeconds * 1000;
    if (!(ttlMs > 0 && ttlMs <= LONGEST_SESSION_MS))
      throw new RangeError('ttlSeconds must be at most seven days');
    return this.used(tenantId, id, await this.repository.read(budget, tenantId, id, ttlMs));
  }

  async delete(budget: RedisBudget, tenantId: string, id: string): Promise<void> {
    if (!(await this.repository.delete(budget, tenantId, id))) throw new SessionNotFoundError();
    // It is gone; a list that still names it looks, and sweeps.
    await this.repository.forget(budget, tenantId, [id]).catch(() => undefined);
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
        this.touchLater(tenantId, id);
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
          `A transcript holds at most ${MOST_CHUNKS} chunks; there are ${total}`,
        );
      case 'too-large':
        throw new SessionLimitError(
          'chunks',
          `A transcript holds at most ${MOST_TRANSCRIPT_BYTES} bytes; there are ${total}`,
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
    this.touchLater(tenantId, id);
    return found;
  }

  /** The whole text: the chunks with single spaces between them. */
  async text(budget: RedisBudget, tenantId: string, id: string): Promise<string> {
    const found = await this.transcripts.page(budget, tenantId, id, 0, -1);
    if (!found) throw new SessionNotFoundError();
    this.touchLater(tenantId, id);
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
    this.touchLater(tenantId, id);
    return { total, completedAt };
  }

  /** A tenant's living sessions, last used first. @param cursor of the page before */
  async list(
    budget: RedisBudget,
    tenantId: string,
    limit: number,
    cursor?: ListCursor,
  ): Promise<SessionPage> {
    const sessions: Session[] = [];
    const start = cursor?.usedMs ?? Number.MAX_SAFE_INTEGER;
    let last: string | null = null;
    for (let offset = 0, reads = 0; reads < mostReadsPerPage; reads++) {
      const entries = await this.repository.list(budget, tenantId, start, offset, entriesPerRead);
      // Those used at the same moment are in the order of their ids, backwards.
      const later = entries.filter(({ id, usedMs }) => !cursor || usedMs < cursor.usedMs || id < cursor.id);
      const stored = await this.repository.peekMany(
        budget,
        tenantId,
        later.map(({ id }) => id),
      );
      const dead = later.filter(({ usedMs }, index) => !stored[index] && usedMs < Date.now() - beingMadeMs);
      await this.repository.forget(
        budget,
        tenantId,
        dead.map(({ id }) => id),
      );
      for (const [index, { id, usedMs }] of later.entries()) {
        const session = stored[index];
        last = `${usedMs}-${id}`;
        if (session) sessions.push(toSession(id, session));
        if (sessions.length === limit) return { sessions, nextCursor: last };
      }
      if (entries.length < entriesPerRead) return { sessions, nextCursor: null };
      // The sweep has moved up what follows.
      offset += entries.length - dead.length;
      budget.renew();
    }
    return { sessions, nextCursor: last };
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

  private used(tenantId: string, id: string, stored: StoredSession | undefined): Session {
    if (!stored) throw new SessionNotFoundError();
    this.touchLater(tenantId, id);
    return toSession(id, stored);
  }

  /** The index is for looking: nobody waits for it, and the next use mends what one misses. */
  private touchLater(tenantId: string, id: string): void {
    this.repository.touchSoon(tenantId, id);
  }
}

/** A place in a tenant's list. */
export interface ListCursor {
  readonly usedMs: number;
  readonly id: string;
}

const tooManyFields = (): SessionLimitError =>
  new SessionLimitError(
    'metadata',
    `A session holds at most ${MOST_FIELDS} fields, Marquee's own ${ownFields.length} among them`,
  );

function toSession(id: string, { fields, remainingMs }: StoredSession): Session {
  return {
    id,
    tenantId: fields.get('tenant_id') ?? 'default',
    userId: fields.get('user_id') ?? null,
    agentId: fields.get('agent_id') ?? null,
    language: fields.get('language') ?? null,
    startedAt: fields.get('started_at') ?? null,
    expiresAt: new Date(Date.now() + remainingMs).toISOString(),
    completedAt: fields.get('completed_at') ?? null,
    metadata: Object.fromEntries([...fields].filter(([name]) => !own.has(name))),
  };
}
