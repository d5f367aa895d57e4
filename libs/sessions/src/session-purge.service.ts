import { Injectable } from '@nestjs/common';
import { compileGlob, progressOf } from '@app/redis';
import { SessionIndexRepository, type SessionOwner } from './session-index.repository.js';
import { type SessionKey, SessionWalkRepository } from './session-walk.repository.js';
import { SessionSweeper } from './session-sweeper.js';
import { SessionNotFoundError } from './sessions.errors.js';
import { SessionsService } from './sessions.service.js';

/** Selects sessions by globs (`*`, `?`, `[…]`, `\` to escape). All given globs must match. */
export interface SessionPurgeFilter {
  /** Matches keys without their `{env}:`, such as `session:abc*`. On its own, it also matches keys without a session. */
  readonly pattern?: string | undefined;
  readonly tenantId?: string | undefined;
  readonly userId?: string | undefined;
}

export interface SessionPurgeOptions {
  /** Only counts what matches. */
  readonly dryRun: boolean;
  readonly maxSessions: number;
  readonly signal: AbortSignal;
}

export interface SessionPurgeProgress {
  /** Number of sessions that match. */
  readonly matched: number;
  /** Number of deleted sessions. */
  readonly deleted: number;
  /** Number of matching keys without a session, for example after an eviction. */
  readonly otherKeys: number;
  /** True if more than `maxSessions` sessions match, so that the purge has to be repeated. */
  readonly limited: boolean;
}

/** Deletes sessions by pattern, with their transcripts and index entries. */
@Injectable()
export class SessionPurgeService {
  constructor(
    private readonly sessions: SessionsService,
    private readonly keys: SessionWalkRepository,
    private readonly index: SessionIndexRepository,
    private readonly sweeper: SessionSweeper,
  ) {}

  /**
   * Scans the keys of all sessions, slowly enough not to affect other clients, and yields its progress.
   *
   * @throws RangeError for an empty filter, RedisUnavailableError, SessionsUnavailableError, and the signal's reason if it
   *   aborts
   */
  purge(filter: SessionPurgeFilter, options: SessionPurgeOptions): AsyncGenerator<SessionPurgeProgress> {
    const run = new SessionPurge(toMatcher(filter), options, this.sessions, this.keys);
    return progressOf<SessionPurgeProgress>(async (report) => {
      await run.walk(report);
      const { limited } = run.progress;
      if (run.matcher.byOwner && !options.dryRun && !limited)
        await this.sweepIndexes(run.matcher, options.signal);
      report(run.progress);
    });
  }

  /** Removes the index entries of sessions that have expired, because the key of an index contains the user id. */
  private async sweepIndexes({ byOwner }: Matcher, signal: AbortSignal): Promise<void> {
    await this.keys.walkIndexes(signal, async (owners) => {
      for (const owner of owners.filter((each) => byOwner?.(each))) await this.sweepIndex(owner);
    });
  }

  private async sweepIndex(owner: SessionOwner): Promise<void> {
    const limit = 100;
    for (let offset = 0, isEnd = false; !isEnd;) {
      const budget = this.keys.newBudget();
      const entries = await this.index.list(budget, owner, {
        maxUsedMs: Number.MAX_SAFE_INTEGER,
        offset,
        limit,
      });
      const { removed } = await this.sweeper.find(budget, owner, entries);
      offset += entries.length - removed;
      isEnd = entries.length < limit;
    }
  }
}

/** The state of one purge. */
class SessionPurge {
  /** Ids of purged sessions. Their remaining keys are deleted when the scan reaches them. */
  private readonly purged = new Set<string>();
  private deleted = 0;
  private otherKeys = 0;
  private limited = false;

  constructor(
    readonly matcher: Matcher,
    private readonly options: SessionPurgeOptions,
    private readonly sessions: SessionsService,
    private readonly keys: SessionWalkRepository,
  ) {}

  get progress(): SessionPurgeProgress {
    const { deleted, otherKeys, limited } = this;
    return { matched: this.purged.size, deleted, otherKeys, limited };
  }

  /** Continues after `maxSessions`, because other keys of purged sessions may follow. */
  async walk(report: (progress: SessionPurgeProgress) => void): Promise<void> {
    await this.keys.walkSessions(this.options.signal, async (keys) => {
      await this.purge(keys);
      report(this.progress);
    });
  }

  private async purge(page: readonly SessionKey[]): Promise<void> {
    const keys = page.filter(({ name, isUnarchived }) => !isUnarchived && this.matcher.byKey(name));
    const ids = [...new Set(keys.map(({ id }) => id))].filter((id) => id !== '');
    const found = await this.keys.ownersOf(this.keys.newBudget(), ids);
    const owners = new Map(ids.map((id, index) => [id, found[index]]));
    const others: string[] = [];
    for (const { key, id } of keys) {
      const owner = owners.get(id);
      if (this.purged.has(id) || (!owner && !this.matcher.byOwner)) {
        others.push(key);
        if (!owner && !this.purged.has(id)) this.otherKeys++;
      } else if (owner && (this.matcher.byOwner?.(owner) ?? true)) {
        if (this.purged.size === this.options.maxSessions) {
          this.limited = true;
          continue;
        }
        this.purged.add(id);
        others.push(key);
        if (!this.options.dryRun) await this.delete(owner, id);
      }
    }
    if (!this.options.dryRun) await this.keys.unlink(this.keys.newBudget(), others);
  }

  private async delete({ tenantId }: SessionOwner, id: string): Promise<void> {
    try {
      await this.sessions.delete(this.keys.newBudget(), tenantId, id);
      this.deleted++;
    } catch (error) {
      // Another request has deleted it, or it has just expired.
      if (!(error instanceof SessionNotFoundError)) throw error;
    }
  }
}

interface Matcher {
  readonly byKey: (name: string) => boolean;
  /** Undefined if the filter has no tenant and no user: then keys without a session match as well. */
  readonly byOwner: ((owner: SessionOwner) => boolean) | undefined;
}

function toMatcher({ pattern, tenantId, userId }: SessionPurgeFilter): Matcher {
  if (pattern === undefined && tenantId === undefined && userId === undefined)
    throw new RangeError('A purge needs a pattern, a tenant or a user');
  const byTenant = compileGlob(tenantId ?? '*');
  const byUser = compileGlob(userId ?? '*');
  return {
    byKey: compileGlob(pattern ?? '*'),
    byOwner:
      tenantId === undefined && userId === undefined
        ? undefined
        : (owner) =>
            byTenant(owner.tenantId) &&
            (userId === undefined || (owner.userId !== undefined && byUser(owner.userId))),
  };
}
