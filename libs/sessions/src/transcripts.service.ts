import { Injectable } from '@nestjs/common';
import type { RedisBudget } from '@app/redis';
import { MemoryReclaimer } from './memory-reclaimer.js';
import { MAX_CHUNKS, MAX_TRANSCRIPT_BYTES } from './session.js';
import { SessionIndexRepository } from './session-index.repository.js';
import {
  IdempotencyConflictError,
  SessionCompletedError,
  SessionLimitError,
  SessionNotFoundError,
} from './sessions.errors.js';
import { SessionsRepository, type TranscriptPage } from './sessions.repository.js';
import { type Append, SessionWriter } from './writer/session-writer.js';

/**
 * Manages the transcripts of sessions. Each call extends the session. It throws SessionsUnavailableError if Redis does not
 * confirm it, and SessionNotFoundError if the tenant has no such session.
 */
@Injectable()
export class TranscriptsService {
  constructor(
    private readonly repository: SessionsRepository,
    private readonly writer: SessionWriter,
    private readonly index: SessionIndexRepository,
    private readonly memory: MemoryReclaimer,
  ) {}

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

  /** Returns `limit` chunks of the transcript from `offset` on. */
  page(
    budget: RedisBudget,
    tenantId: string,
    id: string,
    offset: number,
    limit: number,
  ): Promise<TranscriptPage> {
    return this.read(budget, tenantId, id, offset, offset + limit - 1);
  }

  /** Returns the whole text, its chunks joined by single spaces. */
  async text(budget: RedisBudget, tenantId: string, id: string): Promise<string> {
    return (await this.read(budget, tenantId, id, 0, -1)).chunks.join(' ');
  }

  /** Completes the transcript. If it is already completed, returns the first result again and publishes no event. */
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

  private async read(
    budget: RedisBudget,
    tenantId: string,
    id: string,
    first: number,
    last: number,
  ): Promise<TranscriptPage> {
    const page = await this.repository.page(budget, tenantId, id, first, last);
    if (!page) throw new SessionNotFoundError();
    this.index.touchSoon(tenantId, id);
    return page;
  }
}

const transcriptFull = (limit: string, total: number): SessionLimitError =>
  new SessionLimitError('chunks', `A transcript has at most ${limit}, and this one has ${total}`);
