import { Injectable } from '@nestjs/common';
import { InjectRedis, loadScript, type RedisBudget, RedisClient } from '@app/redis';
import { LRUCache } from 'lru-cache';
import { confirmed } from './confirmed.js';
import { MAX_SESSION_MS, ownTtlSeconds } from './session.js';
import { SessionKeys } from './session-keys.js';

const touch = loadScript('touch-1', new URL('./scripts/touch-1.lua', import.meta.url));

/** The owner of sessions: a tenant, or one of its users. */
export interface SessionOwner {
  readonly tenantId: string;
  readonly userId?: string | undefined;
}

/** What the indexes need to know of a session. */
export interface IndexFacts {
  readonly userId: string | undefined;
  readonly lifeMs: number;
}

export interface IndexEntry {
  readonly id: string;
  readonly usedMs: number;
}

/** Facts are cached for sessions that are used often. The user rarely changes, and a wrong entry is swept. */
const knownFacts = { max: 10_000, ttl: 600_000 };

/**
 * `{env}:tenant:{id}:sessions` and `{env}:tenant:{id}:user:{userId}:sessions`, sorted sets of session ids by last use. They
 * are hints: in a cluster they have other slots than their sessions, so an entry is there before its session, and one
 * without a session is removed when it is met.
 */
@Injectable()
export class SessionIndexRepository {
  private readonly facts = new LRUCache<string, IndexFacts>(knownFacts);

  private readonly keys: SessionKeys;

  constructor(@InjectRedis('sessions') private readonly redis: RedisClient) {
    redis.register(touch);
    this.keys = new SessionKeys(redis.keys);
  }

  /** Puts a session first in its tenant's index and in its user's. @throws SessionsUnavailableError */
  async touch(budget: RedisBudget, tenantId: string, id: string, facts: IndexFacts): Promise<void> {
    this.facts.set(id, facts);
    const { userId, lifeMs } = facts;
    const owners: SessionOwner[] =
      userId === undefined ? [{ tenantId }] : [{ tenantId }, { tenantId, userId }];
    const args = [id, Date.now(), MAX_SESSION_MS, Math.ceil(lifeMs)];
    const calls = owners.map((owner) => ({ keys: [this.keyOf(owner)], args }));
    for (const reply of confirmed(await this.redis.runMany(budget, touch, calls))) confirmed(reply);
  }

  /** Does the same in the background. If it fails, the next use of the session corrects it. */
  touchSoon(tenantId: string, id: string, facts?: IndexFacts): void {
    const budget = this.redis.newBudget();
    const touched = async (): Promise<void> =>
      this.touch(budget, tenantId, id, facts ?? (await this.factsOf(budget, id)));
    touched().catch(() => undefined);
  }

  /** Returns entries of an index, last used first. */
  async list(
    budget: RedisBudget,
    owner: SessionOwner,
    { maxUsedMs, offset, limit }: { maxUsedMs: number; offset: number; limit: number },
  ): Promise<IndexEntry[]> {
    const range = [maxUsedMs, '-inf', 'WITHSCORES', 'LIMIT', offset, limit];
    return toEntries(
      confirmed(await this.redis.command(budget, 'ZREVRANGEBYSCORE', this.keyOf(owner), ...range)),
    );
  }

  /** Returns entries of an index at random. */
  async sample(budget: RedisBudget, owner: SessionOwner, count: number): Promise<IndexEntry[]> {
    const outcome = await this.redis.command(budget, 'ZRANDMEMBER', this.keyOf(owner), count, 'WITHSCORES');
    return toEntries(confirmed(outcome));
  }

  /** Removes entries from one index. */
  async forget(budget: RedisBudget, owner: SessionOwner, ids: readonly string[]): Promise<void> {
    if (ids.length > 0) confirmed(await this.redis.command(budget, 'ZREM', this.keyOf(owner), ...ids));
  }

  /** Removes a session that is gone from its tenant's index and from its user's. */
  async remove(budget: RedisBudget, { tenantId, userId }: SessionOwner, id: string): Promise<void> {
    this.facts.delete(id);
    await Promise.all([
      this.forget(budget, { tenantId }, [id]),
      userId === undefined ? undefined : this.forget(budget, { tenantId, userId }, [id]),
    ]);
  }

  /** Returns a session's user and TTL, which may be some minutes old. */
  async factsOf(budget: RedisBudget, id: string): Promise<IndexFacts> {
    const known = this.facts.get(id);
    if (known) return known;
    const key = this.keys.metadata(id);
    const reply = confirmed(await this.redis.command(budget, 'HMGET', key, 'user_id', 'ttl_seconds'));
    const [userId, ttlSeconds] = (reply as (Buffer | null)[]).map((value) => value?.toString());
    return { userId, lifeMs: ownTtlSeconds(ttlSeconds) * 1000 };
  }

  private keyOf({ tenantId, userId }: SessionOwner): string {
    return userId === undefined ? this.keys.index(tenantId) : this.keys.userIndex(tenantId, userId);
  }
}

/** RESP3 replies to WITHSCORES with pairs. */
const toEntries = (reply: unknown): IndexEntry[] =>
  (reply as [Buffer, Buffer | number][]).map(([id, score]) => ({ id: String(id), usedMs: Number(score) }));
