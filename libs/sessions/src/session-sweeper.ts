import { Injectable } from '@nestjs/common';
import type { RedisBudget } from '@app/redis';
import { type IndexEntry, SessionIndexRepository, type SessionOwner } from './session-index.repository.js';
import { SessionsRepository } from './sessions.repository.js';
import type { StoredSession } from './stored-session.js';

export interface FoundSession extends IndexEntry {
  readonly stored: StoredSession;
}

/** Newer entries are not removed, because they may belong to a session that is being created. */
const minAgeMs = 60_000;
/** Entries that are checked with each new session. An index shrinks if more than one in four of its entries have no session. */
const entriesPerSweep = 4;

/** Removes entries of ended sessions from the indexes. */
@Injectable()
export class SessionSweeper {
  constructor(
    private readonly repository: SessionsRepository,
    private readonly index: SessionIndexRepository,
  ) {}

  /** Returns the entries that have a session of this owner, and removes the others from the index unless they are new. */
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
    const oldMs = Date.now() - minAgeMs;
    const dead = entries.filter(({ id, usedMs }) => !foundIds.has(id) && usedMs < oldMs).map(({ id }) => id);
    await this.index.removeEntries(budget, owner, dead);
    return { found, removed: dead.length };
  }

  /** Checks some random entries in the background, so that entries without a session do not accumulate. */
  sweepSoon(budget: RedisBudget, owner: SessionOwner): void {
    const swept = async (): Promise<void> => {
      await this.find(budget, owner, await this.index.sample(budget, owner, entriesPerSweep));
    };
    swept().catch(() => undefined);
  }
}
