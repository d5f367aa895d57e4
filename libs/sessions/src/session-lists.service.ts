import { Injectable } from '@nestjs/common';
import type { RedisBudget } from '@app/redis';
import type { Session } from './session.js';
import { type IndexEntry, SessionIndexRepository, type SessionOwner } from './session-index.repository.js';
import { type FoundSession, SessionSweeper } from './session-sweeper.js';
import { SessionNotFoundError } from './sessions.errors.js';
import { SessionsService } from './sessions.service.js';
import { toSession } from './stored-session.js';

/** A place in a list. */
export interface ListCursor {
  readonly usedMs: number;
  readonly id: string;
}

export interface SessionPage {
  readonly sessions: readonly Session[];
  /** Where the next page begins; null at the end. */
  readonly nextCursor: string | null;
}

interface Look {
  readonly found: readonly FoundSession[];
  /** The last entry that was looked at. */
  readonly last: IndexEntry | undefined;
  /** Entries that are still in the index. */
  readonly kept: number;
  readonly isEnd: boolean;
}

/** Index entries read at once, and how often for one call at most: entries without a session are removed on the way. */
const entriesPerRead = 100;
const maxReads = 10;

/** Lists and deletes the sessions of a tenant or of one of its users. Each call throws SessionsUnavailableError. */
@Injectable()
export class SessionListsService {
  constructor(
    private readonly sessions: SessionsService,
    private readonly index: SessionIndexRepository,
    private readonly sweeper: SessionSweeper,
  ) {}

  /** Returns living sessions, last used first. @param cursor of the page before */
  async list(
    budget: RedisBudget,
    owner: SessionOwner,
    limit: number,
    cursor?: ListCursor,
  ): Promise<SessionPage> {
    const sessions: Session[] = [];
    let last: IndexEntry | undefined;
    for (let offset = 0, reads = 0; reads < maxReads; reads++) {
      const look = await this.look(budget, owner, offset, cursor);
      for (const { id, usedMs, stored } of look.found) {
        sessions.push(toSession(id, stored));
        if (sessions.length === limit) return { sessions, nextCursor: `${usedMs}-${id}` };
      }
      if (look.isEnd) return { sessions, nextCursor: null };
      last = look.last ?? last;
      offset += look.kept;
      budget.renew();
    }
    return { sessions, nextCursor: last ? `${last.usedMs}-${last.id}` : null };
  }

  /** Deletes up to `limit` sessions with their transcripts; `complete` if none is left. */
  async delete(
    budget: RedisBudget,
    owner: SessionOwner,
    limit: number,
  ): Promise<{ deleted: number; complete: boolean }> {
    let deleted = 0;
    for (let offset = 0; ;) {
      const look = await this.look(budget, owner, offset);
      for (const { id } of look.found) {
        if (deleted === limit) return { deleted, complete: false };
        budget.renew();
        await this.sessions.delete(budget, owner.tenantId, id).catch((error: unknown) => {
          // Another request has deleted it.
          if (!(error instanceof SessionNotFoundError)) throw error;
        });
        deleted++;
      }
      if (look.isEnd) return { deleted, complete: true };
      offset += look.kept - look.found.length;
      budget.renew();
    }
  }

  /** Reads a stretch of the index, and removes entries without a session of this owner. */
  private async look(
    budget: RedisBudget,
    owner: SessionOwner,
    offset: number,
    cursor?: ListCursor,
  ): Promise<Look> {
    const maxUsedMs = cursor?.usedMs ?? Number.MAX_SAFE_INTEGER;
    const entries = await this.index.list(budget, owner, { maxUsedMs, offset, limit: entriesPerRead });
    // Entries of the same moment are in the order of their ids, backwards.
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
