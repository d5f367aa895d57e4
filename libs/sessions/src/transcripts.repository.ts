import { createHash } from 'node:crypto';
import { Inject, Injectable } from '@nestjs/common';
import {
  CompletionsRepository,
  EventsRepository,
  excerptOf,
  MAX_EXCERPT_BYTES,
  type NewEvent,
  type Published,
  publishFragment,
  SessionEventsRepository,
  type TranscriptReference,
} from '@app/events';
import {
  InjectRedis,
  loadScript,
  type RedisBudget,
  RedisClient,
  type RedisScript,
  type ScriptCall,
} from '@app/redis';
import { confirmed } from './confirmed.js';
import { completionFragment, lifeFragment, memoryFragment, rememberFragment } from './fragments.js';
import { HeldBytesRepository } from './held-bytes.repository.js';
import {
  IDEMPOTENCY_TTL_MS,
  MAX_UNARCHIVED_MS,
  MIN_UNARCHIVED_TTL_MS,
  MAX_CHUNKS,
  MAX_TRANSCRIPT_BYTES,
  SESSION_TTL_MS,
  UNCLAIMED_TTL_MS,
} from './session.js';
import { SESSION_BOUNDS, type SessionBounds, throwIfFull } from './session-bounds.js';
import { SessionKeys } from './session-keys.js';

const fragments = {
  publish: publishFragment,
  memory: memoryFragment,
  remember: rememberFragment,
  life: lifeFragment,
};
const append = loadScript('append-4', new URL('./scripts/append-4.lua', import.meta.url), fragments);
const page = loadScript('page-2', new URL('./scripts/page-2.lua', import.meta.url), { life: lifeFragment });
const complete = loadScript('complete-4', new URL('./scripts/complete-4.lua', import.meta.url), {
  ...fragments,
  completion: completionFragment,
});
const settle = loadScript('settle-3', new URL('./scripts/settle-3.lua', import.meta.url), {
  completion: completionFragment,
});
const remember = loadScript('remember-2', new URL('./scripts/remember-2.lua', import.meta.url), {
  remember: rememberFragment,
});

/** Scripts that change nothing when they run a second time, and then return the same. */
const idempotentScripts: ReadonlySet<RedisScript> = new Set([page, complete, settle]);

export interface Append {
  readonly chunks: readonly string[];
  readonly idempotencyKey: string | undefined;
}

export interface AppendResult {
  readonly state: 'appended' | 'replayed' | 'missing' | 'completed' | 'conflict' | 'too-many' | 'too-large';
  /** Chunks in all; where a bound would be passed, what there is of chunks or bytes. */
  readonly total: number;
}

export interface CompleteResult {
  readonly state: 'completed' | 'already' | 'missing';
  readonly total: number;
  readonly completedAt: string;
}

type CompleteReply = [
  state: Buffer,
  total?: number,
  time?: Buffer,
  unread?: number,
  text?: Buffer,
  bytes?: number,
];

/**
 * `{env}:session:{id}:transcript`, a list whose TTL moves with the session's metadata, and the events about it. Every call is
 * for one tenant: another's session is none.
 *
 * A change and its event are one step. In a cluster the stream is in another slot: there the event follows the change, and
 * a call whose event was not confirmed is not either.
 */
@Injectable()
export class TranscriptsRepository {
  private readonly keys: SessionKeys;

  constructor(
    @InjectRedis('sessions') private readonly redis: RedisClient,
    private readonly events: EventsRepository,
    private readonly sessionEvents: SessionEventsRepository,
    private readonly completions: CompletionsRepository,
    private readonly heldBytes: HeldBytesRepository,
    @Inject(SESSION_BOUNDS) private readonly bounds: SessionBounds,
  ) {
    for (const script of [append, page, complete, settle, remember]) redis.register(script);
    this.keys = new SessionKeys(redis.keys);
  }

  /** @throws SessionsUnavailableError and RedisRefusalError, as every call here; SessionsFullError */
  async append(
    budget: RedisBudget,
    tenant: string,
    id: string,
    { chunks, idempotencyKey }: Append,
  ): Promise<AppendResult> {
    const { transcript, bytes } = excerptOf(chunks);
    const timestamp = new Date().toISOString();
    const within = this.events.keysWithin;
    if (within.length === 0) await this.checkRoomInCluster(budget, tenant, bytes);
    const isWhole = bytes <= MAX_EXCERPT_BYTES;
    const maxStreamBytes = within.length > 0 ? this.events.boundFor(transcript.length) : 0;
    const [stream, registry] = within;
    // Few and short: of a small append most time goes into writing its arguments.
    const reply = (await this.run(budget, append, {
      idempotent: idempotencyKey !== undefined,
      keys: [
        this.keys.metadata(id),
        this.keys.transcript(id),
        idempotencyKey === undefined
          ? this.keys.metadata(id)
          : this.keys.idempotency(id, digest(idempotencyKey)),
        this.sessionEvents.key(id),
        ...(stream === undefined ? [] : [stream, ...this.keys.accountsWithin(tenant)]),
        ...(registry === undefined || maxStreamBytes === 0 ? [] : [registry]),
      ],
      args: [
        tenant,
        SESSION_TTL_MS,
        idempotencyKey === undefined ? '' : digest(JSON.stringify(chunks)),
        IDEMPOTENCY_TTL_MS,
        MAX_CHUNKS,
        MAX_TRANSCRIPT_BYTES,
        id,
        timestamp,
        isWhole ? '' : transcript,
        `${maxStreamBytes} ${this.bounds.maxTenantBytes} ${this.bounds.maxAllBytes()}`,
        ...chunks,
      ],
    })) as [state: Buffer, total?: number, unread?: number];
    throwIfFull(this.bounds, String(reply[0]), reply[1]);
    const result = { state: String(reply[0]) as AppendResult['state'], total: reply[1] ?? 0 };
    if (result.state !== 'appended' && result.state !== 'replayed') return result;
    if (within.length > 0) {
      this.events.published(reply[2]);
      return result;
    }
    // A replay's first try may have ended before its event.
    const firstChunk = result.total - chunks.length;
    await this.publishInCluster(budget, firstChunk === 0, {
      type: 'transcript_appended',
      sessionId: id,
      tenantId: tenant,
      transcript,
      reference: referenceTo(transcript, bytes, firstChunk, result.total - 1),
      timestamp,
    });
    this.heldBytes.follow(tenant, id);
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
    const keys = [this.keys.metadata(id), this.keys.transcript(id)];
    const args = [tenant, SESSION_TTL_MS, first, last];
    const reply = (await this.run(budget, page, { keys, args })) as [number, Buffer[]] | null;
    return reply === null ? undefined : { total: reply[0], chunks: reply[1].map(String) };
  }

  async complete(
    budget: RedisBudget,
    tenant: string,
    id: string,
    deleteTranscript: boolean,
  ): Promise<CompleteResult> {
    const within = this.events.keysWithin;
    const isUnhandled = within.length === 0 && deleteTranscript && (await this.completions.has(id));
    const reply = (await this.run(budget, complete, {
      keys: [
        this.keys.metadata(id),
        this.keys.transcript(id),
        this.sessionEvents.key(id),
        this.keys.unarchived(id),
        ...within,
        ...this.keys.accountsWithin(tenant),
      ],
      args: [
        tenant,
        SESSION_TTL_MS,
        id,
        new Date().toISOString(),
        deleteTranscript ? '1' : '0',
        MAX_EXCERPT_BYTES,
        within.length > 0 ? this.events.boundFor(MAX_EXCERPT_BYTES) : 0,
        this.keys.fieldOf(tenant),
        MIN_UNARCHIVED_TTL_MS,
        MAX_UNARCHIVED_MS,
        UNCLAIMED_TTL_MS,
        // Unknown is kept: better too long than lost.
        isUnhandled === false ? '0' : '1',
      ],
    })) as CompleteReply;
    const state = String(reply[0]) as CompleteResult['state'];
    const result = { state, total: reply[1] ?? 0, completedAt: String(reply[2] ?? '') };
    if (within.length > 0) {
      if (state === 'completed') this.events.published(reply[3]);
      return result;
    }
    if (state === 'completed') await this.publishCompletion(budget, tenant, id, reply, deleteTranscript);
    this.heldBytes.follow(tenant, id);
    return result;
  }

  private async publishCompletion(
    budget: RedisBudget,
    tenantId: string,
    sessionId: string,
    [, total = 0, time, , text, bytes = 0]: CompleteReply,
    deleteTranscript: boolean,
  ): Promise<void> {
    const transcript = String(text ?? '');
    const reference = referenceTo(transcript, bytes, 0, total - 1);
    const event = {
      type: 'transcript_completed',
      sessionId,
      tenantId,
      transcript,
      reference,
      timestamp: String(time),
    } as const;
    const { registered } = await this.publishInCluster(budget, total === 0, event, { chunks: total, bytes });
    const flags = [registered, deleteTranscript ? '1' : '0', reference ? '0' : '1'];
    await this.run(budget, settle, {
      keys: [this.keys.metadata(sessionId), this.keys.transcript(sessionId), this.keys.unarchived(sessionId)],
      args: [...flags, MIN_UNARCHIVED_TTL_MS, MAX_UNARCHIVED_MS, UNCLAIMED_TTL_MS],
    });
  }

  /** Publishes the event that follows a change, and keeps its id for listeners that come back. */
  private async publishInCluster(
    budget: RedisBudget,
    isFirst: boolean,
    event: NewEvent,
    completion?: { readonly chunks: number; readonly bytes: number },
  ): Promise<Published> {
    const published = confirmed(await this.events.publish(event, completion));
    await this.run(budget, remember, {
      keys: [this.keys.metadata(event.sessionId), this.sessionEvents.key(event.sessionId)],
      args: [published.id, isFirst ? '1' : '0'],
    });
    return published;
  }

  /** Checks the bounds of memory by the accounts as they were a moment ago. */
  private async checkRoomInCluster(budget: RedisBudget, tenant: string, bytes: number): Promise<void> {
    const { ofTenant, ofAll } = confirmed(await this.heldBytes.held(budget, tenant));
    if (ofTenant + bytes > this.bounds.maxTenantBytes) throwIfFull(this.bounds, 'tenant-full', ofTenant);
    const maxAllBytes = this.bounds.maxAllBytes();
    if (bytes > MAX_EXCERPT_BYTES && maxAllBytes > 0 && ofAll + bytes > maxAllBytes)
      throwIfFull(this.bounds, 'server-full', ofAll);
  }

  private async run(budget: RedisBudget, script: RedisScript, call: ScriptCall): Promise<unknown> {
    return confirmed(
      await this.redis.run(budget, script, { idempotent: idempotentScripts.has(script), ...call }),
    );
  }
}

/** None where the event has the whole text. */
function referenceTo(
  transcript: string,
  bytes: number,
  firstChunk: number,
  lastChunk: number,
): TranscriptReference | undefined {
  return bytes > Buffer.byteLength(transcript) ? { bytes, firstChunk, lastChunk } : undefined;
}

const digest = (text: string): string => createHash('sha256').update(text, 'utf8').digest('hex').slice(0, 32);
