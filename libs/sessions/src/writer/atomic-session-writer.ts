import {
  type EventsRepository,
  excerptOf,
  MAX_EXCERPT_BYTES,
  type SessionEventsRepository,
} from '@app/events';
import { RedisBudget, type RedisClient, type RedisScript, type ScriptCall } from '@app/redis';
import { confirmed } from '../confirmed.js';
import { type MemoryLimits, throwIfFull } from '../memory-limits.js';
import { SessionKeys } from '../session-keys.js';
import { atomicScripts as scripts } from './atomic-scripts.js';
import {
  appendArguments,
  appendKeys,
  changeArguments,
  completeArguments,
  deleteArguments,
  updateArguments,
} from './script-arguments.js';
import {
  type AppendReply,
  type CompleteReply,
  toAppendResult,
  toCompleteResult,
  toUpdateResult,
  type UpdateReply,
} from './script-replies.js';
import {
  type Append,
  type AppendResult,
  type CompleteResult,
  type NewSession,
  type SessionRef,
  type SessionUpdate,
  SessionWriter,
  type UpdateResult,
} from './session-writer.js';
import type { WriterRepositories } from './writer-repositories.js';

/** No request waits for these calls. */
const backgroundBudgetMs = 1_000;

/** Makes each change, publishes its event and accounts for its memory in one script. */
export class AtomicSessionWriter extends SessionWriter {
  private readonly keys: SessionKeys;
  private readonly events: EventsRepository;
  private readonly sessionEvents: SessionEventsRepository;

  constructor(
    private readonly redis: RedisClient,
    { events, sessionEvents }: Pick<WriterRepositories, 'events' | 'sessionEvents'>,
    private readonly limits: MemoryLimits,
  ) {
    super();
    for (const script of Object.values(scripts)) redis.register(script);
    this.keys = new SessionKeys(redis.keys);
    this.events = events;
    this.sessionEvents = sessionEvents;
  }

  async create(budget: RedisBudget, session: SessionRef, { ttlMs, fields }: NewSession): Promise<boolean> {
    const { tenantId, id } = session;
    const [state, held] = (await this.run(budget, scripts.create, {
      idempotent: true,
      keys: [this.keys.metadata(id), ...this.keys.accounts(tenantId)],
      args: [ttlMs, id, ...this.accountArguments(tenantId), ...[...fields].flat()],
    })) as [Buffer, number?];
    throwIfFull(this.limits, String(state), held);
    return String(state) === 'created';
  }

  async update(budget: RedisBudget, session: SessionRef, update: SessionUpdate): Promise<UpdateResult> {
    const { tenantId, id } = session;
    const reply = (await this.run(budget, scripts.update, {
      idempotent: true,
      keys: [this.keys.metadata(id), this.keys.transcript(id), ...this.keys.accounts(tenantId)],
      args: [
        ...updateArguments(session, update),
        id,
        ...this.accountArguments(tenantId),
        ...changeArguments(update),
      ],
    })) as UpdateReply;
    throwIfFull(this.limits, String(reply[0]), Number(reply[1]));
    return toUpdateResult(reply);
  }

  async append(budget: RedisBudget, session: SessionRef, append: Append): Promise<AppendResult> {
    const { tenantId, id } = session;
    const { transcript, bytes } = excerptOf(append.chunks);
    const { maxTenantBytes } = this.limits;
    const maxStreamBytes = this.events.maxBytesFor(transcript.length);
    // A single argument, because sending arguments takes most of the time of a small append.
    const limits = `${maxStreamBytes} ${maxTenantBytes} ${this.limits.maxTotalBytes()} ${this.keys.fieldOf(tenantId)}`;
    const reply = (await this.run(budget, scripts.append, {
      idempotent: append.idempotencyKey !== undefined,
      keys: [
        ...appendKeys(this.keys, session, append),
        this.sessionEvents.key(id),
        ...this.events.publishKeys,
        ...this.keys.accounts(tenantId),
      ],
      args: [
        ...appendArguments(session, append),
        id,
        new Date().toISOString(),
        bytes <= MAX_EXCERPT_BYTES ? '' : transcript,
        limits,
        ...append.chunks,
      ],
    })) as AppendReply;
    throwIfFull(this.limits, String(reply[0]), reply[1]);
    const result = toAppendResult(reply);
    if (result.state === 'appended' || result.state === 'replayed') this.events.published(reply[2]);
    return result;
  }

  async complete(
    budget: RedisBudget,
    session: SessionRef,
    deleteTranscript: boolean,
  ): Promise<CompleteResult> {
    const reply = (await this.run(budget, scripts.complete, {
      idempotent: true,
      keys: this.allKeys(session),
      args: [
        ...completeArguments(session, deleteTranscript),
        session.id,
        this.events.maxBytesFor(MAX_EXCERPT_BYTES),
        this.keys.fieldOf(session.tenantId),
      ],
    })) as CompleteReply;
    const result = toCompleteResult(reply);
    if (result.state === 'completed') this.events.published(reply[3] as number);
    return result;
  }

  async delete(budget: RedisBudget, session: SessionRef): Promise<boolean> {
    const reply = (await this.run(budget, scripts.delete, {
      keys: this.allKeys(session),
      args: [
        ...deleteArguments(session),
        session.id,
        new Date().toISOString(),
        this.events.maxBytesFor(0),
        this.keys.fieldOf(session.tenantId),
      ],
    })) as [isPublished: number, unread: number] | null;
    if (reply === null) return false;
    const [isPublished, unread] = reply;
    if (isPublished === 1) this.events.published(unread);
    else this.events.deletionNotPublished();
    return true;
  }

  async release({ tenantId, id }: SessionRef): Promise<boolean> {
    const outcome = await this.redis.run(this.redis.newBudget(), scripts.release, {
      keys: [...this.keys.text(id), ...this.keys.accounts(tenantId)],
      args: [id, this.keys.fieldOf(tenantId)],
    });
    return outcome.status === 'ok';
  }

  async reclaim(tenantId: string, ids: readonly string[]): Promise<number> {
    const sessionKeys = ids.flatMap((id) => [this.keys.metadata(id), this.keys.unarchived(id)]);
    const outcome = await this.redis.run(new RedisBudget(backgroundBudgetMs), scripts.reclaim, {
      keys: [...this.keys.accounts(tenantId), ...sessionKeys],
      args: [this.keys.fieldOf(tenantId), ...ids],
    });
    return outcome.status === 'ok' ? Number(outcome.value) : 0;
  }

  /** Returns the keys of `complete-8.lua` and `delete-8.lua`. */
  private allKeys({ tenantId, id }: SessionRef): string[] {
    return [
      ...this.keys.text(id),
      this.sessionEvents.key(id),
      ...this.events.publishKeys,
      ...this.keys.accounts(tenantId),
    ];
  }

  private accountArguments(tenantId: string): (string | number)[] {
    return [this.keys.fieldOf(tenantId), this.limits.maxTenantBytes, this.limits.maxTotalBytes()];
  }

  private async run(budget: RedisBudget, script: RedisScript, call: ScriptCall): Promise<unknown> {
    return confirmed(await this.redis.run(budget, script, call));
  }
}
