import { Inject, Injectable } from '@nestjs/common';
import {
  CompletionsRepository,
  EventsRepository,
  publishFragment,
  SessionEventsRepository,
} from '@app/events';
import {
  InjectRedis,
  loadScript,
  pairsOf,
  type RedisBudget,
  RedisClient,
  type RedisScript,
} from '@app/redis';
import { confirmed } from './confirmed.js';
import { completionFragment, memoryFragment } from './fragments.js';
import { HeldBytesRepository } from './held-bytes.repository.js';
import { LONGEST_SESSION_MS, MAX_UNARCHIVED_MS, MOST_FIELDS, SESSION_TTL_MS } from './session.js';
import { SESSION_BOUNDS, type SessionBounds, throwIfFull } from './session-bounds.js';
import { SessionKeys } from './session-keys.js';
import { SessionsUnavailableError } from './sessions.errors.js';

const create = loadScript('create-1', new URL('./scripts/create-1.lua', import.meta.url), [memoryFragment]);
const read = loadScript('read-2', new URL('./scripts/read-2.lua', import.meta.url));
const update = loadScript('update-2', new URL('./scripts/update-2.lua', import.meta.url), [memoryFragment]);
const remove = loadScript('delete-4', new URL('./scripts/delete-4.lua', import.meta.url), [
  publishFragment,
  memoryFragment,
  completionFragment,
]);
const touch = loadScript('touch-1', new URL('./scripts/touch-1.lua', import.meta.url));

/** A session as its hash has it. */
export interface StoredSession {
  readonly fields: ReadonlyMap<string, string>;
  readonly remainingMs: number;
}

export type UpdateResult =
  | { readonly state: 'ok'; readonly session: StoredSession }
  | { readonly state: 'missing' }
  | { readonly state: 'too-many' };

/**
 * `{env}:session:{id}:metadata`, a hash, and `{env}:tenant:{id}:sessions`, a sorted set by last activity. Every call is for
 * one tenant: another's session is none. The session's other keys live and end with it.
 *
 * A change, its event and the account of its memory are one step. In a cluster the stream and the accounts are in other
 * slots, and follow the change.
 */
@Injectable()
export class SessionsRepository {
  private readonly keys: SessionKeys;

  constructor(
    @InjectRedis('sessions') private readonly redis: RedisClient,
    private readonly events: EventsRepository,
    private readonly sessionEvents: SessionEventsRepository,
    private readonly completions: CompletionsRepository,
    private readonly heldBytes: HeldBytesRepository,
    @Inject(SESSION_BOUNDS) private readonly bounds: SessionBounds,
  ) {
    for (const script of [create, read, update, remove, touch]) redis.register(script);
    this.keys = new SessionKeys(redis.keys);
  }

  /**
   * False where the id is taken.
   *
   * @throws SessionsUnavailableError and StorageFullError, as every call here; SessionsFullError
   */
  async create(
    budget: RedisBudget,
    tenant: string,
    id: string,
    ttlMs: number,
    fields: ReadonlyMap<string, string>,
  ): Promise<boolean> {
    const [state, held] = (await this.run(budget, create, {
      keys: [this.keys.metadata(id), ...this.keys.accountsWithin(tenant)],
      args: [ttlMs, id, ...this.boundsOf(tenant), ...[...fields].flat()],
    })) as [Buffer, number?];
    throwIfFull(this.bounds, String(state), held);
    this.heldBytes.follow(tenant, id);
    return String(state) === 'made';
  }

  async read(
    budget: RedisBudget,
    tenant: string,
    id: string,
    ttlMs = SESSION_TTL_MS,
  ): Promise<StoredSession | undefined> {
    const reply = await this.run(budget, read, { keys: this.pair(id), args: [tenant, ttlMs] });
    return reply === null ? undefined : toStored(reply as (number | Buffer)[]);
  }

  /** The sessions of these ids that there are; reading lets them live no longer. */
  async peekMany(
    budget: RedisBudget,
    tenant: string,
    ids: readonly string[],
  ): Promise<(StoredSession | undefined)[]> {
    if (ids.length === 0) return [];
    const calls = ids.map((id) => ({ keys: this.pair(id), args: [tenant, 0] }));
    const replies = confirmed(await this.redis.runMany(budget, read, calls));
    return replies.map((reply) => {
      const value = confirmed(reply);
      return value === null ? undefined : toStored(value as (number | Buffer)[]);
    });
  }

  async update(
    budget: RedisBudget,
    tenant: string,
    id: string,
    set: ReadonlyMap<string, string>,
    removed: readonly string[],
  ): Promise<UpdateResult> {
    const args = [tenant, SESSION_TTL_MS, MOST_FIELDS, id, ...this.boundsOf(tenant), set.size];
    const reply = (await this.run(budget, update, {
      keys: [...this.pair(id), ...this.keys.accountsWithin(tenant)],
      args: [...args, ...[...set].flat(), ...removed],
    })) as [Buffer, ...(number | Buffer)[]];
    const [state, ...rest] = reply;
    throwIfFull(this.bounds, String(state), Number(rest[0]));
    switch (String(state)) {
      case 'ok':
        this.heldBytes.follow(tenant, id);
        return { state: 'ok', session: toStored(rest) };
      case 'too-many':
        return { state: 'too-many' };
      default:
        return { state: 'missing' };
    }
  }

  /** False where the tenant has no such session. A completed transcript that consumers still need is kept for them. */
  async delete(budget: RedisBudget, tenant: string, id: string): Promise<boolean> {
    const timestamp = new Date().toISOString();
    const within = this.events.keysWithin;
    const isUnhandled = within.length === 0 && (await this.prepareInCluster(budget, tenant, id, timestamp));
    if (isUnhandled === undefined) return false;
    const reply = (await this.run(budget, remove, {
      keys: [
        ...this.pair(id),
        this.sessionEvents.key(id),
        this.keys.unarchived(id),
        ...within,
        ...this.keys.accountsWithin(tenant),
      ],
      args: [
        tenant,
        id,
        timestamp,
        this.events.boundFor(0),
        this.keys.fieldOf(tenant),
        MAX_UNARCHIVED_MS,
        isUnhandled ? '1' : '0',
      ],
    })) as [unread: number, isPublished: number] | null;
    if (reply === null) return false;
    if (within.length === 0) this.heldBytes.follow(tenant, id);
    else if (reply[1] === 1) this.events.published(reply[0]);
    else this.events.notPublished();
    return true;
  }

  /** Puts a session first in its tenant's index. */
  async touch(budget: RedisBudget, tenant: string, id: string): Promise<void> {
    const args = [id, Date.now(), LONGEST_SESSION_MS];
    await this.run(budget, touch, { keys: [this.keys.index(tenant)], args });
  }

  /** The same, without anyone waiting for it. */
  touchSoon(tenant: string, id: string): void {
    this.touch(this.redis.newBudget(), tenant, id).catch(() => undefined);
  }

  /** Ids from the index, last used first, with their times in ms. */
  async list(
    budget: RedisBudget,
    tenant: string,
    mostRecentMs: number,
    offset: number,
    limit: number,
  ): Promise<{ id: string; usedMs: number }[]> {
    const key = this.keys.index(tenant);
    const range = [mostRecentMs, '-inf', 'WITHSCORES', 'LIMIT', offset, limit];
    const outcome = await this.redis.command(budget, 'ZREVRANGEBYSCORE', key, ...range);
    return toPairs(confirmed(outcome));
  }

  async forget(budget: RedisBudget, tenant: string, ids: readonly string[]): Promise<void> {
    if (ids.length > 0) confirmed(await this.redis.command(budget, 'ZREM', this.keys.index(tenant), ...ids));
  }

  /**
   * In a cluster the event is published before the session is deleted, since a second try could not. Returns whether
   * consumers still need the transcript; undefined when there is no such session.
   */
  private async prepareInCluster(
    budget: RedisBudget,
    tenant: string,
    id: string,
    timestamp: string,
  ): Promise<boolean | undefined> {
    const session = await this.read(budget, tenant, id, 0);
    if (!session) return undefined;
    const isUnhandled = session.fields.has('archive') && (await this.completions.has(id));
    const event = {
      type: 'session_deleted',
      sessionId: id,
      tenantId: tenant,
      transcript: '',
      timestamp,
    } as const;
    const published = await this.events.publish(event);
    if (isUnhandled === undefined) throw new SessionsUnavailableError();
    if (published.status === 'error' && published.fault.kind === 'full') this.events.notPublished();
    else confirmed(published);
    return isUnhandled;
  }

  /** The arguments of scripts by which they account for memory. */
  private boundsOf(tenant: string): (string | number)[] {
    return [this.keys.fieldOf(tenant), this.bounds.maxTenantBytes, this.bounds.maxAllBytes()];
  }

  private async run(
    budget: RedisBudget,
    script: RedisScript,
    call: { keys: readonly string[]; args: readonly (string | number)[] },
  ): Promise<unknown> {
    return confirmed(await this.redis.run(budget, script, call));
  }

  private pair(id: string): [string, string] {
    return [this.keys.metadata(id), this.keys.transcript(id)];
  }
}

function toStored([remainingMs, ...pairs]: readonly (number | Buffer)[]): StoredSession {
  const fields = new Map(pairsOf(pairs).map(([field, value]) => [field, String(value)]));
  return { fields, remainingMs: Number(remainingMs) };
}

/** WITHSCORES pairs each member with its score. */
const toPairs = (reply: unknown): { id: string; usedMs: number }[] =>
  (reply as [Buffer, Buffer][]).map(([id, score]) => ({ id: String(id), usedMs: Number(score) }));
