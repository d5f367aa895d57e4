import { Injectable } from '@nestjs/common';
import type { RedisBudget } from '@app/redis';
import { type IndexEntry, SessionIndexRepository, type SessionOwner } from './session-index.repository.js';
import { SessionsRepository } from './sessions.repository.js';
import type { StoredSession } from './stored-session.js';

export interface FoundSession extends IndexEntry {
  readonly stored: StoredSession;
}

/** An entry is there before its session: a young one may belong to a session that is being made. */
const beingMadeMs = 60_000;
/** Entries that each new session looks at: with more than one in four dead, more go than come. */
const entriesPerSweep = 4;

/** Removes entries of ended sessions from the indexes. */
@Injectable()
export class SessionSweeper {
  constructor(
    private readonly repository: SessionsRepository,
    private readonly index: SessionIndexRepository,
  ) {}

  /** Returns the entries whose sessions are this owner's, and removes the others from the index unless they are young. */
  async find(
    budget: RedisBudget,
    owner: SessionOwner,
    entries: readonly IndexEntry[],
  ): Promise<{ found: FoundSession[]; removed: number }> {
    const ids = entries.map(({ id }) => id);
    const stored = await this.repository.peekMany(budget, owner.tenantId, ids);
    const found = entries.flatMap((entry, index) => {
      const session = stored[index];
      const isTheirs = owner.userId === undefined || session?.fields.get('user_id') === owner.userId;
      return session && isTheirs ? [{ ...entry, stored: session }] : [];
    });
    const foundIds = new Set(found.map(({ id }) => id));
    const oldMs = Date.now() - beingMadeMs;
    const dead = entries.filter(({ id, usedMs }) => !foundIds.has(id) && usedMs < oldMs).map(({ id }) => id);
    await this.index.forget(budget, owner, dead);
    return { found, removed: dead.length };
  }

  /** Looks at some entries at random, without anyone waiting for it, so that dead ones do not pile up. */
  sweepSoon(budget: RedisBudget, owner: SessionOwner): void {
    const swept = async (): Promise<void> => {
      await this.find(budget, owner, await this.index.sample(budget, owner, entriesPerSweep));
    };
    swept().catch(() => undefined);
  }
}
