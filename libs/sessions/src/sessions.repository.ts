import { createHash } from 'node:crypto';
import { Injectable } from '@nestjs/common';
import { EventsRepository } from '@app/events';
import {
  InjectRedis,
  loadScript,
  type Outcome,
  pairsOf,
  type RedisBudget,
  RedisClient,
  type RedisScript,
  refusalOf,
  shared,
} from '@app/redis';
import {
  IDEMPOTENCY_TTL_MS,
  LONGEST_SESSION_MS,
  MOST_CHUNKS,
  MOST_FIELDS,
  MOST_TRANSCRIPT_BYTES,
  SESSION_TTL_MS,
} from './session.js';
import { SessionsUnavailableError } from './sessions.errors.js';

const create = loadScript('create-1', new URL('./scripts/create-1.lua', import.meta.url));
const read = loadScript('read-2', new URL('./scripts/read-2.lua', import.meta.url));
const update = loadScript('update-2', new URL('./scripts/update-2.lua', import.meta.url));
const append = loadScript('append-3', new URL('./scripts/append-3.lua', import.meta.url));
const page = loadScript('page-2', new URL('./scripts/page-2.lua', import.meta.url));
const complete = loadScript('complete-2', new URL('./scripts/complete-2.lua', import.meta.url));
const settle = loadScript('settle-2', new URL('./scripts/settle-2.lua', import.meta.url));
const remove = loadScript('delete-2', new URL('./scripts/delete-2.lua', import.meta.url));
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

export interface Append {
  readonly chunks: readonly string[];
  readonly idempotencyKey: string | undefined;
}

export interface AppendResult {
  readonly state: 'appended' | 'replayed' | 'missing' | 'completed' | 'conflict' | 'too-many' | 'too-large';
  /** Chunks in all; what there is of chunks or bytes where a bound would be passed. */
  readonly total: number;
}

export interface CompleteResult {
  readonly state: 'completed' | 'already' | 'missing';
  readonly total: number;
  readonly completedAt: string;
}

/**
 * `{env}:session:{id}:metadata`, a hash, and `{env}:session:{id}:transcript`, a list, whose TTLs move together;
 * `{env}:tenant:{id}:sessions`, a sorted set by last activity. Every call is for one tenant: another's session is none.
 *
 * A change and the event that tells of it are one step. In a cluster the stream is in another slot: there the event
 * follows the change, and a call whose event was not confirmed is not either.
 */
@Injectable()
export class SessionsRepository {
  constructor(
    @InjectRedis('sessions') private readonly redis: RedisClient,
    private readonly events: EventsRepository,
  ) {
    for (const script of [create, read, update, append, page, complete, settle, remove, touch])
      redis.register(script);
  }

  /** False where the id is taken. @throws SessionsUnavailableError, as every call here */
  async create(
    budget: RedisBudget,
    id: string,
    ttlMs: number,
    fields: ReadonlyMap<string, string>,
  ): Promise<boolean> {
    const args = [ttlMs, ...[...fields].flat()];
    return (await this.run(budget, create, { keys: [this.metadataKey(id)], args })) === 1;
  }

  async read(
    budget: RedisBudget,
    tenant: string,
    id: string,
    ttlMs = SESSION_TTL_MS,
  ): Promise<StoredSession | undefined> {
    const reply = await this.run(budget, read, { keys: this.keys(id), args: [tenant, ttlMs] });
    return reply === null ? undefined : toStored(reply as (number | Buffer)[]);
  }

  /** The sessions of these ids that there are; reading lets them live no longer. */
  async peekMany(
    budget: RedisBudget,
    tenant: string,
    ids: readonly string[],
  ): Promise<(StoredSession | undefined)[]> {
    if (ids.length === 0) return [];
    const calls = ids.map((id) => ({ keys: this.keys(id), args: [tenant, 0] }));
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
    const args = [tenant, SESSION_TTL_MS, MOST_FIELDS, set.size, ...[...set].flat(), ...removed];
    const reply = (await this.run(budget, update, { keys: this.keys(id), args })) as [
      Buffer,
      ...(number | Buffer)[],
    ];
    const [state, ...rest] = reply;
    switch (state.toString()) {
      case 'ok':
        return { state: 'ok', session: toStored(rest) };
      case 'too-many':
        return { state: 'too-many' };
      default:
        return { state: 'missing' };
    }
  }

  async append(
    budget: RedisBudget,
    tenant: string,
    id: string,
    { chunks, idempotencyKey }: Append,
  ): Promise<AppendResult> {
    const text = chunks.join(' ');
    const timestamp = new Date().toISOString();
    const fingerprint = idempotencyKey === undefined ? '' : digest(JSON.stringify(chunks));
    const recordKey = this.redis.keys.key('session', shared(id), 'idempotency', digest(idempotencyKey ?? ''));
    const reply = (await this.run(budget, append, {
      keys: [...this.keys(id), recordKey, ...this.events.keysWithin],
      args: [
        tenant,
        SESSION_TTL_MS,
        fingerprint,
        IDEMPOTENCY_TTL_MS,
        MOST_CHUNKS,
        MOST_TRANSCRIPT_BYTES,
        id,
        timestamp,
        this.events.keysWithin.length > 0 ? text : '',
        ...chunks,
      ],
    })) as [Buffer, number?];
    const result = { state: reply[0].toString() as AppendResult['state'], total: reply[1] ?? 0 };
    // A replay's first try may have ended before its event.
    if (result.state === 'appended' || result.state === 'replayed') {
      await this.follow({
        type: 'transcript_appended',
        sessionId: id,
        tenantId: tenant,
        transcript: text,
        timestamp,
      });
    }
    return result;
  }

  /** Chunks from `first` to `last`, both included, -1 for the last there is. */
  async page(
    budget: RedisBudget,
    tenant: string,
    id: string,
    first: number,
    last: number,
  ): Promise<{ total: number; chunks: string[] } | undefined> {
    const args = [tenant, SESSION_TTL_MS, first, last];
    const reply = (await this.run(budget, page, { keys: this.keys(id), args })) as [number, Buffer[]] | null;
    return reply === null ? undefined : { total: reply[0], chunks: reply[1].map(String) };
  }

  async complete(
    budget: RedisBudget,
    tenant: string,
    id: string,
    deleteTranscript: boolean,
  ): Promise<CompleteResult> {
    const timestamp = new Date().toISOString();
    const reply = (await this.run(budget, complete, {
      keys: [...this.keys(id), ...this.events.keysWithin],
      args: [tenant, SESSION_TTL_MS, id, timestamp, deleteTranscript ? '1' : '0'],
    })) as [Buffer, number?, Buffer?, Buffer?];
    const state = reply[0].toString() as CompleteResult['state'];
    if (state === 'completed') await this.tellOfCompletion(budget, tenant, id, reply, deleteTranscript);
    return { state, total: reply[1] ?? 0, completedAt: String(reply[2] ?? '') };
  }

  async delete(budget: RedisBudget, tenant: string, id: string): Promise<boolean> {
    const timestamp = new Date().toISOString();
    const event = {
      type: 'session_deleted',
      sessionId: id,
      tenantId: tenant,
      transcript: '',
      timestamp,
    } as const;
    if (this.events.keysWithin.length === 0) {
      // Told first: once it is gone a second try could not tell any more.
      if (!(await this.read(budget, tenant, id, 0))) return false;
      await this.follow(event);
    }
    const keys = [...this.keys(id), ...this.events.keysWithin];
    if ((await this.run(budget, remove, { keys, args: [tenant, id, timestamp] })) !== 1) return false;
    this.events.published();
    return true;
  }

  /** Puts a session first in its tenant's index. */
  async touch(budget: RedisBudget, tenant: string, id: string): Promise<void> {
    const args = [id, Date.now(), LONGEST_SESSION_MS];
    await this.run(budget, touch, { keys: [this.indexKey(tenant)], args });
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
    const key = this.indexKey(tenant);
    const range = [mostRecentMs, '-inf', 'WITHSCORES', 'LIMIT', offset, limit];
    const outcome = await this.redis.command(budget, 'ZREVRANGEBYSCORE', key, ...range);
    return toPairs(confirmed(outcome));
  }

  async forget(budget: RedisBudget, tenant: string, ids: readonly string[]): Promise<void> {
    if (ids.length > 0) confirmed(await this.redis.command(budget, 'ZREM', this.indexKey(tenant), ...ids));
  }

  private async tellOfCompletion(
    budget: RedisBudget,
    tenantId: string,
    sessionId: string,
    [, , time, text]: readonly (Buffer | number | undefined)[],
    deleteTranscript: boolean,
  ): Promise<void> {
    const transcript = String(text ?? '');
    await this.follow({
      type: 'transcript_completed',
      sessionId,
      tenantId,
      transcript,
      timestamp: String(time),
    });
    if (text === undefined) return;
    await this.run(budget, settle, { keys: this.keys(sessionId), args: [deleteTranscript ? '1' : '0'] });
  }

  /** The event that follows a change which could not tell of itself. */
  private async follow(event: Parameters<EventsRepository['publish']>[0]): Promise<void> {
    if (this.events.keysWithin.length > 0) this.events.published();
    else if (!(await this.events.publish(event))) throw new SessionsUnavailableError();
  }

  private async run(
    budget: RedisBudget,
    script: RedisScript,
    call: { keys: readonly string[]; args: readonly (string | number)[] },
  ): Promise<unknown> {
    return confirmed(await this.redis.run(budget, script, call));
  }

  private keys(id: string): [string, string] {
    return [this.metadataKey(id), this.redis.keys.key('session', shared(id), 'transcript')];
  }

  private metadataKey(id: string): string {
    return this.redis.keys.key('session', shared(id), 'metadata');
  }

  private indexKey(tenant: string): string {
    return this.redis.keys.key('tenant', tenant, 'sessions');
  }
}

function confirmed<T>(outcome: Outcome<T>): T {
  if (outcome.status === 'ok') return outcome.value;
  throw refusalOf(outcome, 'session:{id}:* or tenant:{id}:sessions') ?? new SessionsUnavailableError();
}

function toStored([remainingMs, ...pairs]: readonly (number | Buffer)[]): StoredSession {
  const fields = new Map(pairsOf(pairs).map(([field, value]) => [field, String(value)]));
  return { fields, remainingMs: Number(remainingMs) };
}

/** WITHSCORES pairs each member with its score. */
const toPairs = (reply: unknown): { id: string; usedMs: number }[] =>
  (reply as [Buffer, Buffer][]).map(([id, score]) => ({ id: String(id), usedMs: Number(score) }));

const digest = (text: string): string => createHash('sha256').update(text, 'utf8').digest('hex').slice(0, 32);
