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

/** The facts about a session that its index entries depend on. */
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
 * Stores session ids by last use in the sorted sets `{env}:tenant:{id}:sessions` and
 * `{env}:tenant:{id}:user:{userId}:sessions`. They are only hints, because in a cluster they are in other slots than their
 * sessions. An entry is added before its session, and removed when it turns out to have no session.
 */
@Injectable()
export class SessionIndexRepository {
  private readonly facts = new LRUCache<string, IndexFacts>(knownFacts);
  private readonly keys: SessionKeys;

  constructor(@InjectRedis('sessions') private readonly redis: RedisClient) {
    redis.register(touch);
    this.keys = new SessionKeys(redis.keys);
  }

  /** Moves a session to the front of its tenant's index and its user's index. @throws SessionsUnavailableError */
  async touch(budget: RedisBudget, tenantId: string, id: string, facts: IndexFacts): Promise<void> {
    this.facts.set(id, facts);
    const { userId, lifeMs } = facts;
    const owners: SessionOwner[] =
      userId === undefined ? [{ tenantId }] : [{ tenantId }, { tenantId, userId }];
    const args = [id, Date.now(), MAX_SESSION_MS, Math.ceil(lifeMs)];
    const calls = owners.map((owner) => ({ keys: [this.keyOf(owner)], args }));
    for (const reply of confirmed(await this.redis.runMany(budget, touch, calls))) confirmed(reply);
  }

  /** Does the same in the background. If that fails, the next use of the session corrects it. */
  touchSoon(tenantId: string, id: string, facts?: IndexFacts): void {
    const budget = this.redis.newBudget();
    const touched = async (): Promise<void> =>
      this.touch(budget, tenantId, id, facts ?? (await this.factsOf(budget, id)));
    touched().catch(() => undefined);
  }

  /** Returns entries of an index, most recently used first. */
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

  /** Returns random entries of an index. */
  async sample(budget: RedisBudget, owner: SessionOwner, count: number): Promise<IndexEntry[]> {
    const outcome = await this.redis.command(budget, 'ZRANDMEMBER', this.keyOf(owner), count, 'WITHSCORES');
    return toEntries(confirmed(outcome));
  }

  /** Removes entries from one index. */
  async removeEntries(budget: RedisBudget, owner: SessionOwner, ids: readonly string[]): Promise<void> {
    if (ids.length > 0) confirmed(await this.redis.command(budget, 'ZREM', this.keyOf(owner), ...ids));
  }

  /** Removes a deleted session from its tenant's index and its user's index. */
  async remove(budget: RedisBudget, { tenantId, userId }: SessionOwner, id: string): Promise<void> {
    this.facts.delete(id);
    await Promise.all([
      this.removeEntries(budget, { tenantId }, [id]),
      userId === undefined ? undefined : this.removeEntries(budget, { tenantId, userId }, [id]),
    ]);
  }

  /** Returns a session's user and TTL, which may be a few minutes out of date. */
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
