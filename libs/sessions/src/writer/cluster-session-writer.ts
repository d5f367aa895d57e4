import { excerptOf, MAX_EXCERPT_BYTES } from '@app/events';
import type { RedisBudget, RedisClient, RedisScript, ScriptCall } from '@app/redis';
import { confirmed } from '../confirmed.js';
import { type MemoryLimits, throwIfFull } from '../memory-limits.js';
import { SessionKeys } from '../session-keys.js';
import { SessionsUnavailableError } from '../sessions.errors.js';
import { ClusterEventPublisher } from './cluster-event-publisher.js';
import { clusterScripts as scripts } from './cluster-scripts.js';
import {
  appendArguments,
  appendKeys,
  changeArguments,
  completeArguments,
  deleteArguments,
  keepArguments,
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

/**
 * Makes a change in the session's slot, then publishes its event and accounts for its memory in other slots. If publishing
 * fails, the call fails as well, and the client's next attempt publishes the event. Accounting happens in the background.
 */
export class ClusterSessionWriter extends SessionWriter {
  private readonly keys: SessionKeys;
  private readonly publisher: ClusterEventPublisher;

  constructor(
    private readonly redis: RedisClient,
    private readonly repositories: WriterRepositories,
    private readonly limits: MemoryLimits,
  ) {
    super();
    for (const script of Object.values(scripts)) redis.register(script);
    this.keys = new SessionKeys(redis.keys);
    this.publisher = new ClusterEventPublisher(redis, repositories);
  }

  async create(budget: RedisBudget, session: SessionRef, { ttlMs, fields }: NewSession): Promise<boolean> {
    const [state] = (await this.run(budget, scripts.create, {
      idempotent: true,
      keys: [this.keys.metadata(session.id)],
      args: [ttlMs, ...[...fields].flat()],
    })) as [Buffer];
    this.account(session);
    return String(state) === 'created';
  }

  async update(budget: RedisBudget, session: SessionRef, update: SessionUpdate): Promise<UpdateResult> {
    const reply = await this.run(budget, scripts.update, {
      idempotent: true,
      keys: [this.keys.metadata(session.id), this.keys.transcript(session.id)],
      args: [...updateArguments(session, update), ...changeArguments(update)],
    });
    const result = toUpdateResult(reply as UpdateReply);
    if (result.state === 'ok') this.account(session);
    return result;
  }

  async append(budget: RedisBudget, session: SessionRef, append: Append): Promise<AppendResult> {
    const { chunks, idempotencyKey } = append;
    const text = excerptOf(chunks);
    await this.checkLimits(budget, session, text.bytes);
    const reply = await this.run(budget, scripts.append, {
      idempotent: idempotencyKey !== undefined,
      keys: appendKeys(this.keys, session, append),
      args: [...appendArguments(session, append), ...chunks],
    });
    const result = toAppendResult(reply as AppendReply);
    if (result.state !== 'appended' && result.state !== 'replayed') return result;
    // Also for a replayed append, whose first attempt may have failed before its event was published.
    const firstChunk = result.total - chunks.length;
    await this.publisher.appended(budget, session, text, { firstChunk, lastChunk: result.total - 1 });
    this.account(session);
    return result;
  }

  async complete(
    budget: RedisBudget,
    session: SessionRef,
    deleteTranscript: boolean,
  ): Promise<CompleteResult> {
    // Without a reply, the transcript is kept, because consumers may need it.
    const isRegistered = deleteTranscript && (await this.repositories.completions.has(session.id)) !== false;
    const reply = (await this.run(budget, scripts.complete, {
      idempotent: true,
      keys: this.keys.text(session.id),
      args: [...completeArguments(session, deleteTranscript), isRegistered ? '1' : '0'],
    })) as CompleteReply;
    const result = toCompleteResult(reply);
    if (result.state === 'completed') {
      const [, , , transcript, bytes] = reply;
      const text = { transcript: String(transcript), bytes: Number(bytes) };
      const { registered, isWhole } = await this.publisher.completed(budget, session, text, result);
      await this.run(budget, scripts.settle, {
        idempotent: true,
        keys: this.keys.text(session.id),
        args: [registered, isWhole ? '1' : '0', deleteTranscript ? '1' : '0', ...keepArguments],
      });
    }
    this.account(session);
    return result;
  }

  /** Publishes the event before it deletes the session, because a second attempt would not find the session. */
  async delete(budget: RedisBudget, session: SessionRef): Promise<boolean> {
    const { tenantId, id } = session;
    const { sessions, completions, sessionEvents } = this.repositories;
    const [stored] = await sessions.peekMany(budget, tenantId, [id]);
    if (!stored) return false;
    const isRegistered = stored.fields.has('archive') && (await completions.has(id));
    await this.publisher.deleted(session);
    if (isRegistered === undefined) throw new SessionsUnavailableError();
    const isDeleted = await this.run(budget, scripts.delete, {
      keys: [...this.keys.text(id), sessionEvents.key(id)],
      args: [...deleteArguments(session), isRegistered ? '1' : '0'],
    });
    if (isDeleted === 1) this.account(session);
    return isDeleted === 1;
  }

  async release(session: SessionRef): Promise<boolean> {
    const keys = this.keys.text(session.id);
    const outcome = await this.redis.run(this.redis.newBudget(), scripts.release, { keys, args: [] });
    if (outcome.status !== 'ok') return false;
    this.account(session);
    return true;
  }

  reclaim(tenantId: string, ids: readonly string[]): Promise<number> {
    return this.repositories.heldBytes.recount(tenantId, ids);
  }

  /** Checks the memory limits against the latest accounts. @throws SessionsFullError */
  private async checkLimits(budget: RedisBudget, { tenantId }: SessionRef, bytes: number): Promise<void> {
    const { ofTenant, ofAll } = confirmed(await this.repositories.heldBytes.held(budget, tenantId));
    if (ofTenant + bytes > this.limits.maxTenantBytes) throwIfFull(this.limits, 'tenant-full', ofTenant);
    const maxTotalBytes = this.limits.maxTotalBytes();
    if (bytes > MAX_EXCERPT_BYTES && maxTotalBytes > 0 && ofAll + bytes > maxTotalBytes)
      throwIfFull(this.limits, 'server-full', ofAll);
  }

  private account({ tenantId, id }: SessionRef): void {
    this.repositories.heldBytes.recountSoon(tenantId, id);
  }

  private async run(budget: RedisBudget, script: RedisScript, call: ScriptCall): Promise<unknown> {
    return confirmed(await this.redis.run(budget, script, call));
  }
}
