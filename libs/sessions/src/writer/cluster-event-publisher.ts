import type { NewEvent, Published, TranscriptReference } from '@app/events';
import type { RedisBudget, RedisClient } from '@app/redis';
import { confirmed } from '../confirmed.js';
import { SessionKeys } from '../session-keys.js';
import { clusterScripts } from './cluster-scripts.js';
import type { CompleteResult, SessionRef } from './session-writer.js';
import type { WriterRepositories } from './writer-repositories.js';

/** The text of an event, which is an excerpt if the whole text has more `bytes`. */
export interface EventText {
  readonly transcript: string;
  readonly bytes: number;
}

interface ChunkRange {
  readonly firstChunk: number;
  readonly lastChunk: number;
}

/**
 * Publishes the events of changes in a cluster, where the stream is in another slot than the session. Each call throws
 * SessionsUnavailableError or RedisRefusalError if Redis does not confirm it.
 */
export class ClusterEventPublisher {
  private readonly keys: SessionKeys;

  constructor(
    private readonly redis: RedisClient,
    private readonly repositories: Pick<WriterRepositories, 'events' | 'sessionEvents'>,
  ) {
    redis.register(clusterScripts.addSessionEvent);
    this.keys = new SessionKeys(redis.keys);
  }

  /** Publishes that chunks were appended. */
  async appended(
    budget: RedisBudget,
    session: SessionRef,
    text: EventText,
    chunks: ChunkRange,
  ): Promise<void> {
    const { transcript } = text;
    const reference = referenceTo(text, chunks);
    const event = newEvent('transcript_appended', session, { transcript, reference });
    const published = confirmed(await this.repositories.events.publish(event));
    await this.addToSession(budget, session, published, chunks.firstChunk === 0);
  }

  /** Publishes that a transcript was completed, and registers the completion. */
  async completed(
    budget: RedisBudget,
    session: SessionRef,
    text: EventText,
    { total, completedAt }: CompleteResult,
  ): Promise<Pick<Published, 'registered'> & { readonly isWhole: boolean }> {
    const { transcript, bytes } = text;
    const reference = referenceTo(text, { firstChunk: 0, lastChunk: total - 1 });
    const event = newEvent('transcript_completed', session, {
      transcript,
      reference,
      timestamp: completedAt,
    });
    const published = confirmed(await this.repositories.events.publish(event, { chunks: total, bytes }));
    await this.addToSession(budget, session, published, total === 0);
    return { registered: published.registered, isWhole: reference === undefined };
  }

  /** Publishes that a session is deleted. Only counts the event if the server is too full to store it. */
  async deleted(session: SessionRef): Promise<void> {
    const { events } = this.repositories;
    const published = await events.publish(newEvent('session_deleted', session, { transcript: '' }));
    if (published.status === 'error' && published.fault.kind === 'full') events.deletionNotPublished();
    else confirmed(published);
  }

  /** Adds an event's id to the list of the session's events. */
  private async addToSession(
    budget: RedisBudget,
    { id: sessionId }: SessionRef,
    { id }: Published,
    isFirst: boolean,
  ): Promise<void> {
    const call = {
      keys: [this.keys.metadata(sessionId), this.repositories.sessionEvents.key(sessionId)],
      args: [id, isFirst ? '1' : '0'],
    };
    confirmed(await this.redis.run(budget, clusterScripts.addSessionEvent, call));
  }
}

const newEvent = (
  type: NewEvent['type'],
  { tenantId, id }: SessionRef,
  text: Pick<NewEvent, 'transcript' | 'reference'> & Partial<Pick<NewEvent, 'timestamp'>>,
): NewEvent => ({ type, sessionId: id, tenantId, timestamp: new Date().toISOString(), ...text });

/** Returns a reference to the whole text; undefined if the event has all of it. */
const referenceTo = (
  { transcript, bytes }: EventText,
  chunks: ChunkRange,
): TranscriptReference | undefined =>
  bytes > Buffer.byteLength(transcript) ? { bytes, ...chunks } : undefined;
