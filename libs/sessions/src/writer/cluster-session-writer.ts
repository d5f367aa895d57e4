import {
  excerptOf,
  MAX_EXCERPT_BYTES,
  type NewEvent,
  type Published,
  type TranscriptReference,
} from '@app/events';
import type { RedisBudget, RedisClient, RedisScript, ScriptCall } from '@app/redis';
import { confirmed } from '../confirmed.js';
import { type MemoryLimits, throwIfFull } from '../memory-limits.js';
import { SessionKeys } from '../session-keys.js';
import { SessionsUnavailableError } from '../sessions.errors.js';
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
 * Makes a change in the session's slot, then publishes its event and accounts for its memory in other slots. A change whose event
 * is not confirmed is not confirmed either: the client tries again, and the event is published then. Accounting follows in the
 * background.
 */
export class ClusterSessionWriter extends SessionWriter {
  private readonly keys: SessionKeys;

  constructor(
    private readonly redis: RedisClient,
    private readonly repositories: WriterRepositories,
    private readonly limits: MemoryLimits,
  ) {
    super();
    for (const script of Object.values(scripts)) redis.register(script);
    this.keys = new SessionKeys(redis.keys);
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
    const { transcript, bytes } = excerptOf(chunks);
    await this.checkLimits(budget, session, bytes);
    const reply = await this.run(budget, scripts.append, {
      idempotent: idempotencyKey !== undefined,
      keys: appendKeys(this.keys, session, append),
      args: [...appendArguments(session, append), ...chunks],
    });
    const result = toAppendResult(reply as AppendReply);
    if (result.state !== 'appended' && result.state !== 'replayed') return result;
    // Also when replayed: the first attempt may have ended before its event was published.
    const firstChunk = result.total - chunks.length;
    const reference = referenceTo(transcript, bytes, firstChunk, result.total - 1);
    const event = newEvent('transcript_appended', session, { transcript, reference });
    await this.addEvent(
      budget,
      firstChunk === 0,
      event,
      confirmed(await this.repositories.events.publish(event)),
    );
    this.account(session);
    return result;
  }

  async complete(
    budget: RedisBudget,
    session: SessionRef,
    deleteTranscript: boolean,
  ): Promise<CompleteResult> {
    // If Redis does not say, the transcript is kept: too long is better than not long enough.
    const isRegistered = deleteTranscript && (await this.repositories.completions.has(session.id)) !== false;
    const reply = (await this.run(budget, scripts.complete, {
      idempotent: true,
      keys: this.keys.text(session.id),
      args: [...completeArguments(session, deleteTranscript), isRegistered ? '1' : '0'],
    })) as CompleteReply;
    const result = toCompleteResult(reply);
    if (result.state === 'completed')
      await this.publishCompletion(budget, session, { ...result, deleteTranscript }, reply);
    this.account(session);
    return result;
  }

  private async publishCompletion(
    budget: RedisBudget,
    session: SessionRef,
    { total, completedAt, deleteTranscript }: CompleteResult & { readonly deleteTranscript: boolean },
    [, , , text, wholeBytes]: CompleteReply,
  ): Promise<void> {
    const [transcript, bytes] = [String(text), Number(wholeBytes)];
    const reference = referenceTo(transcript, bytes, 0, total - 1);
    const event = newEvent('transcript_completed', session, {
      transcript,
      reference,
      timestamp: completedAt,
    });
    const published = confirmed(await this.repositories.events.publish(event, { chunks: total, bytes }));
    await this.addEvent(budget, total === 0, event, published);
    const flags = [published.registered, reference ? '0' : '1', deleteTranscript ? '1' : '0'];
    await this.run(budget, scripts.settle, {
      idempotent: true,
      keys: this.keys.text(session.id),
      args: [...flags, ...keepArguments],
    });
  }

  /** Publishes the event before the session is deleted, because a second attempt could not. */
  async delete(budget: RedisBudget, session: SessionRef): Promise<boolean> {
    const { tenantId, id } = session;
    const { sessions, completions, events } = this.repositories;
    const [stored] = await sessions.peekMany(budget, tenantId, [id]);
    if (!stored) return false;
    const isRegistered = stored.fields.has('archive') && (await completions.has(id));
    const published = await events.publish(newEvent('session_deleted', session, { transcript: '' }));
    if (isRegistered === undefined) throw new SessionsUnavailableError();
    if (published.status === 'error' && published.fault.kind === 'full') events.deletionNotPublished();
    else confirmed(published);
    const isDeleted = await this.run(budget, scripts.delete, {
      keys: [...this.keys.text(id), this.repositories.sessionEvents.key(id)],
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

  /** Adds a published event's id to those of its session. */
  private async addEvent(
    budget: RedisBudget,
    isFirst: boolean,
    { sessionId }: NewEvent,
    { id }: Published,
  ): Promise<void> {
    await this.run(budget, scripts.addSessionEvent, {
      keys: [this.keys.metadata(sessionId), this.repositories.sessionEvents.key(sessionId)],
      args: [id, isFirst ? '1' : '0'],
    });
  }

  /** Checks the limits against the latest accounts. @throws SessionsFullError */
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

const newEvent = (
  type: NewEvent['type'],
  { tenantId, id }: SessionRef,
  text: Pick<NewEvent, 'transcript' | 'reference'> & Partial<Pick<NewEvent, 'timestamp'>>,
): NewEvent => ({ type, sessionId: id, tenantId, timestamp: new Date().toISOString(), ...text });

/** Returns a reference to the whole text; undefined if the event has all of it. */
function referenceTo(
  transcript: string,
  bytes: number,
  firstChunk: number,
  lastChunk: number,
): TranscriptReference | undefined {
  return bytes > Buffer.byteLength(transcript) ? { bytes, firstChunk, lastChunk } : undefined;
}
