import { Injectable } from '@nestjs/common';
import type { RedisBudget } from '@app/redis';
import type { Session } from './session.js';
import { type IndexEntry, SessionIndexRepository, type SessionOwner } from './session-index.repository.js';
import { type FoundSession, SessionSweeper } from './session-sweeper.js';
import { SessionNotFoundError } from './sessions.errors.js';
import { SessionsService } from './sessions.service.js';
import { toSession } from './stored-session.js';

/** A position in a list. */
export interface ListCursor {
  readonly usedMs: number;
  readonly id: string;
}

export interface SessionPage {
  readonly sessions: readonly Session[];
  /** The cursor of the next page; null at the end. */
  readonly nextCursor: string | null;
}

interface IndexPage {
  readonly found: readonly FoundSession[];
  /** The last entry of the page. */
  readonly last: IndexEntry | undefined;
  /** Number of entries that are still in the index. */
  readonly kept: number;
  readonly isEnd: boolean;
}

const entriesPerRead = 100;
/** Maximum number of reads per call. A page may need several, because entries without a session are left out. */
const maxReads = 10;

/** Lists and deletes the sessions of a tenant or of one of its users. Each call throws SessionsUnavailableError. */
@Injectable()
export class SessionListsService {
  constructor(
    private readonly sessions: SessionsService,
    private readonly index: SessionIndexRepository,
    private readonly sweeper: SessionSweeper,
  ) {}

  /** Returns a page of sessions, most recently used first. */
  async list(
    budget: RedisBudget,
    owner: SessionOwner,
    limit: number,
    cursor?: ListCursor,
  ): Promise<SessionPage> {
    const sessions: Session[] = [];
    let last: IndexEntry | undefined;
    for (let offset = 0, reads = 0; reads < maxReads; reads++) {
      const page = await this.readPage(budget, owner, offset, cursor);
      for (const { id, usedMs, stored } of page.found) {
        sessions.push(toSession(id, stored));
        if (sessions.length === limit) return { sessions, nextCursor: `${usedMs}-${id}` };
      }
      if (page.isEnd) return { sessions, nextCursor: null };
      last = page.last ?? last;
      offset += page.kept;
      budget.renew();
    }
    return { sessions, nextCursor: last ? `${last.usedMs}-${last.id}` : null };
  }

  /** Deletes up to `limit` sessions with their transcripts. Returns `complete: true` if no session is left. */
  async delete(
    budget: RedisBudget,
    owner: SessionOwner,
    limit: number,
  ): Promise<{ deleted: number; complete: boolean }> {
    let deleted = 0;
    for (let offset = 0; ;) {
      const page = await this.readPage(budget, owner, offset);
      for (const { id } of page.found) {
        if (deleted === limit) return { deleted, complete: false };
        budget.renew();
        await this.sessions.delete(budget, owner.tenantId, id).catch((error: unknown) => {
          // Another request has deleted it.
          if (!(error instanceof SessionNotFoundError)) throw error;
        });
        deleted++;
      }
      if (page.isEnd) return { deleted, complete: true };
      offset += page.kept - page.found.length;
      budget.renew();
    }
  }

  /** Reads a page of the index, and removes entries that have no session of this owner. */
  private async readPage(
    budget: RedisBudget,
    owner: SessionOwner,
    offset: number,
    cursor?: ListCursor,
  ): Promise<IndexPage> {
    const maxUsedMs = cursor?.usedMs ?? Number.MAX_SAFE_INTEGER;
    const entries = await this.index.list(budget, owner, { maxUsedMs, offset, limit: entriesPerRead });
    // Entries with the same score are in descending order of their ids.
    const later = entries.filter(({ id, usedMs }) => !cursor || usedMs < cursor.usedMs || id < cursor.id);
    const { found, removed } = await this.sweeper.find(budget, owner, later);
    return {
      found,
      last: later.at(-1),
      kept: entries.length - removed,
      isEnd: entries.length < entriesPerRead,
    };
  }
}
