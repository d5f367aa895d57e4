import { Injectable } from '@nestjs/common';
import {
  InjectRedis,
  loadScript,
  type RedisBudget,
  RedisClient,
  type RedisScript,
  type ScriptCall,
} from '@app/redis';
import { confirmed } from './confirmed.js';
import { pick } from './fragments.js';
import { SESSION_TTL_MS } from './session.js';
import { SessionKeys } from './session-keys.js';
import { type StoredSession, toStoredSession } from './stored-session.js';

const read = loadScript(
  'read-2',
  new URL('./scripts/read-2.lua', import.meta.url),
  pick('owner', 'lifetime'),
);
const page = loadScript(
  'page-2',
  new URL('./scripts/page-2.lua', import.meta.url),
  pick('owner', 'lifetime'),
);

/** Some chunks of a transcript. */
export interface TranscriptPage {
  /** Total number of chunks of the transcript. */
  readonly total: number;
  readonly chunks: string[];
}

/**
 * Reads sessions: `{env}:session:{id}:metadata`, a hash, and `{env}:session:{id}:transcript`, a list with the same TTL.
 * `SessionWriter` changes them. Every call is for one tenant, and does not find the sessions of other tenants.
 *
 * Each call throws SessionsUnavailableError or RedisRefusalError if Redis does not reply.
 */
@Injectable()
export class SessionsRepository {
  private readonly keys: SessionKeys;

  constructor(@InjectRedis('sessions') private readonly redis: RedisClient) {
    for (const script of [read, page]) redis.register(script);
    this.keys = new SessionKeys(redis.keys);
  }

  /** Reads a session and extends it to its TTL, or to `minTtlMs` if that is longer. */
  async read(
    budget: RedisBudget,
    tenantId: string,
    id: string,
    minTtlMs = 0,
  ): Promise<StoredSession | undefined> {
    const args = [tenantId, SESSION_TTL_MS, minTtlMs, '0'];
    return toFoundSession(await this.run(budget, read, { keys: this.pair(id), args }));
  }

  /** Reads sessions without their states and without extending them; undefined for each that does not exist. */
  async peekMany(
    budget: RedisBudget,
    tenantId: string,
    ids: readonly string[],
  ): Promise<(StoredSession | undefined)[]> {
    if (ids.length === 0) return [];
    const calls = ids.map((id) => ({ keys: this.pair(id), args: [tenantId, 0, 0, '1'] }));
    const replies = confirmed(await this.redis.runMany(budget, read, calls));
    return replies.map((reply) => toFoundSession(confirmed(reply)));
  }

  /** Reads the chunks from index `first` to `last` (inclusive; -1 for the end of the transcript) and extends the session. */
  async page(
    budget: RedisBudget,
    tenantId: string,
    id: string,
    first: number,
    last: number,
  ): Promise<TranscriptPage | undefined> {
    const args = [tenantId, SESSION_TTL_MS, first, last];
    const reply = await this.run(budget, page, { keys: this.pair(id), args });
    if (reply === null) return undefined;
    const [total, chunks] = reply as [number, Buffer[]];
    return { total, chunks: chunks.map(String) };
  }

  private async run(budget: RedisBudget, script: RedisScript, call: ScriptCall): Promise<unknown> {
    return confirmed(await this.redis.run(budget, script, { idempotent: true, ...call }));
  }

  private pair(id: string): [string, string] {
    return [this.keys.metadata(id), this.keys.transcript(id)];
  }
}

const toFoundSession = (reply: unknown): StoredSession | undefined =>
  reply === null ? undefined : toStoredSession(reply as (number | Buffer)[]);
