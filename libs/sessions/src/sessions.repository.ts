import { createHash } from 'node:crypto';
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
  type ScriptCall,
} from '@app/redis';
import { confirmed } from './confirmed.js';
import { completionFragment, lifeFragment, memoryFragment } from './fragments.js';
import { HeldBytesRepository } from './held-bytes.repository.js';
import { MAX_UNARCHIVED_MS, MAX_FIELDS, SESSION_TTL_MS } from './session.js';
import { SESSION_BOUNDS, type SessionBounds, throwIfFull } from './session-bounds.js';
import { SessionKeys } from './session-keys.js';
import { SessionsUnavailableError } from './sessions.errors.js';
import type { StoredSession } from './stored-session.js';

const create = loadScript('create-1', new URL('./scripts/create-1.lua', import.meta.url), {
  memory: memoryFragment,
});
const read = loadScript('read-2', new URL('./scripts/read-2.lua', import.meta.url), { life: lifeFragment });
const update = loadScript('update-2', new URL('./scripts/update-2.lua', import.meta.url), {
  memory: memoryFragment,
  life: lifeFragment,
});
const remove = loadScript('delete-4', new URL('./scripts/delete-4.lua', import.meta.url), {
  publish: publishFragment,
  memory: memoryFragment,
  completion: completionFragment,
});

/** Scripts that change nothing when they run a second time, and then return the same. */
const idempotentScripts: ReadonlySet<RedisScript> = new Set([create, read, update]);

export type UpdateResult =
  | { readonly state: 'ok'; readonly session: StoredSession }
  | { readonly state: 'missing' }
  | { readonly state: 'too-many' }
  /** Another request has changed the session's state to this; undefined if there is none. */
  | { readonly state: 'changed'; readonly current: string | undefined };

export interface SessionUpdate {
  readonly set: ReadonlyMap<string, string>;
  readonly removed: readonly string[];
  /** Changes nothing unless the session's state is this text, or null for none. Undefined for any. */
  readonly expectedState?: string | null | undefined;
}

/**
 * `{env}:session:{id}:metadata`, a hash. Every call is for one tenant: another's session is none. The session's other keys
 * live and end with it.
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
    for (const script of [create, read, update, remove]) redis.register(script);
    this.keys = new SessionKeys(redis.keys);
  }

  /**
   * False where the id is taken.
   *
   * @throws SessionsUnavailableError and RedisRefusalError, as every call here; SessionsFullError
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

  /** Extends the session to its TTL, or to `atLeastMs` where that is longer. */
  async read(
    budget: RedisBudget,
    tenant: string,
    id: string,
    atLeastMs = 0,
  ): Promise<StoredSession | undefined> {
    const args = [tenant, SESSION_TTL_MS, atLeastMs, '0'];
    const reply = await this.run(budget, read, { keys: this.pair(id), args });
    return reply === null ? undefined : toStored(reply as (number | Buffer)[]);
  }

  /** The sessions of these ids that there are, without their states; they are not extended. */
  async peekMany(
    budget: RedisBudget,
    tenant: string,
    ids: readonly string[],
  ): Promise<(StoredSession | undefined)[]> {
    if (ids.length === 0) return [];
    const calls = ids.map((id) => ({ keys: this.pair(id), args: [tenant, 0, 0, '1'] }));
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
    { set, removed, expectedState }: SessionUpdate,
  ): Promise<UpdateResult> {
    const expected =
      expectedState === undefined ? 'any' : expectedState === null ? 'none' : sha1(expectedState);
    const args = [tenant, SESSION_TTL_MS, MAX_FIELDS, id, ...this.boundsOf(tenant), expected, set.size];
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
      case 'changed':
        return { state: 'changed', current: rest[0]?.toString() };
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
    const [session] = await this.peekMany(budget, tenant, [id]);
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

  private async run(budget: RedisBudget, script: RedisScript, call: ScriptCall): Promise<unknown> {
    return confirmed(
      await this.redis.run(budget, script, { idempotent: idempotentScripts.has(script), ...call }),
    );
  }

  private pair(id: string): [string, string] {
    return [this.keys.metadata(id), this.keys.transcript(id)];
  }
}

function toStored([remainingMs, ...pairs]: readonly (number | Buffer)[]): StoredSession {
  const fields = new Map(pairsOf(pairs).map(([field, value]) => [field, String(value)]));
  return { fields, remainingMs: Number(remainingMs) };
}

const sha1 = (text: string): string => createHash('sha1').update(text, 'utf8').digest('hex');
