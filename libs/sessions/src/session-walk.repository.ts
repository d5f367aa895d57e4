import { Injectable } from '@nestjs/common';
import { escapeGlob, InjectRedis, loadScript, RedisBudget, RedisClient } from '@app/redis';
import { confirmed } from './confirmed.js';
import { pick } from './fragments.js';
import type { SessionOwner } from './session-index.repository.js';
import { SessionKeys } from './session-keys.js';

const owner = loadScript('owner-1', new URL('./scripts/owner-1.lua', import.meta.url), pick('owner'));

/** A key below `{env}:session:`. */
export interface SessionKey {
  readonly key: string;
  /** The key without `{env}:` and the braces of a hash tag: `session:abc:metadata`. */
  readonly name: string;
  readonly id: string;
  /** Whether it is a completed transcript that is kept for consumers, which a purge does not delete. */
  readonly isUnarchived: boolean;
}

/** Keys per step, and the share of time that a scan uses. */
const walk = { count: 25, duty: 0.95 };
/** No request waits for these calls. */
const stepBudgetMs = 1_000;

/** Scans the keys of sessions and of their indexes, on every master of a cluster. Used for purges, never for requests. */
@Injectable()
export class SessionWalkRepository {
  private readonly environment: string;
  private readonly keys: SessionKeys;

  constructor(@InjectRedis('sessions') private readonly redis: RedisClient) {
    redis.register(owner);
    this.keys = new SessionKeys(redis.keys);
    this.environment = `${redis.keys.environment}:`;
  }

  /** Returns the budget of one step. */
  newBudget(): RedisBudget {
    return new RedisBudget(stepBudgetMs);
  }

  /** Passes the keys of sessions to `onPage`, page by page. */
  async walkSessions(
    signal: AbortSignal,
    onPage: (keys: readonly SessionKey[]) => Promise<void>,
  ): Promise<void> {
    const pattern = `${escapeGlob(`${this.environment}session:`)}*`;
    await this.redis.walk({ ...walk, pattern, signal }, (keys) =>
      onPage(keys.map((key) => this.toSessionKey(key))),
    );
  }

  /** Passes the owners that have an index to `onPage`, page by page. */
  async walkIndexes(
    signal: AbortSignal,
    onPage: (owners: readonly SessionOwner[]) => Promise<void>,
  ): Promise<void> {
    const pattern = `${escapeGlob(`${this.environment}tenant:`)}*:sessions`;
    await this.redis.walk({ ...walk, pattern, signal }, (keys) =>
      onPage(keys.flatMap((key) => this.toOwner(key))),
    );
  }

  /** Returns the owner of each session; undefined for one that does not exist. @throws SessionsUnavailableError */
  async ownersOf(budget: RedisBudget, ids: readonly string[]): Promise<(SessionOwner | undefined)[]> {
    if (ids.length === 0) return [];
    const calls = ids.map((id) => ({
      keys: [this.keys.metadata(id)],
      args: [],
    }));
    const outcomes = confirmed(await this.redis.runMany(budget, owner, calls));
    return outcomes.map((outcome) => {
      // Another program may have stored another type of value under this key.
      if (outcome.status === 'error' && outcome.fault.code === 'WRONGTYPE') return undefined;
      const reply = confirmed(outcome) as [Buffer, Buffer] | null;
      if (!reply) return undefined;
      const [tenantId, userId] = reply.map(String) as [string, string];
      return { tenantId, userId: userId === '' ? undefined : userId };
    });
  }

  /** Deletes keys and returns their number. */
  async unlink(budget: RedisBudget, keys: readonly string[]): Promise<number> {
    return keys.length === 0 ? 0 : confirmed(await this.redis.delete(budget, keys));
  }

  private toSessionKey(key: string): SessionKey {
    const name = key.slice(this.environment.length).replace(/^session:\{([^}]*)\}/, 'session:$1');
    const [, part = '', ...rest] = name.split(':');
    return { key, name, id: decoded(part), isUnarchived: rest.join(':') === 'unarchived' };
  }

  private toOwner(key: string): SessionOwner[] {
    const [, tenantId = '', ...rest] = key.slice(this.environment.length).split(':').map(decoded);
    if (rest.length === 1) return [{ tenantId }];
    const [kind, userId = ''] = rest;
    return rest.length === 3 && kind === 'user' ? [{ tenantId, userId }] : [];
  }
}

/** Reverses `encodeKeyPart`. A part that another program wrote may not be encoded. */
function decoded(part: string): string {
  try {
    return decodeURIComponent(part);
  } catch {
    return part;
  }
}
