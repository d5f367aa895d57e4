import { Injectable } from '@nestjs/common';
import { RetryLaterError, type StreamEvent } from '@app/events';
import { InjectRedis, loadScript, RedisBudget, RedisClient } from '@app/redis';
import { SessionKeys } from './session-keys.js';

const slice = loadScript('slice-2', new URL('./scripts/slice-2.lua', import.meta.url));

const bytesPerSlice = 512 * 1024;
/** Only consumers wait for a slice, so a busy server may take longer. */
const sliceBudgetMs = 5_000;

/** The transcript that an event refers to no longer exists. */
export class TranscriptGoneError extends Error {
  constructor() {
    super('The transcript that this event refers to has expired or was removed');
    this.name = TranscriptGoneError.name;
  }
}

/** Reads the whole text of events that have only an excerpt. */
@Injectable()
export class CompletedTranscripts {
  private readonly keys: SessionKeys;

  constructor(@InjectRedis('sessions') private readonly redis: RedisClient) {
    redis.register(slice);
    this.keys = new SessionKeys(redis.keys);
  }

  /**
   * Returns the event with its whole text, read in slices on a bulk connection.
   *
   * @throws RetryLaterError if Redis does not reply, TranscriptGoneError
   */
  async complete(event: StreamEvent, signal?: AbortSignal): Promise<StreamEvent> {
    const { reference, sessionId } = event;
    if (!reference) return event;
    const chunks: Buffer[] = [];
    const { firstChunk, lastChunk } = reference;
    while (firstChunk + chunks.length <= lastChunk) {
      signal?.throwIfAborted();
      const read = await this.slice(sessionId, firstChunk + chunks.length, lastChunk);
      if (read.length === 0) throw new TranscriptGoneError();
      chunks.push(...read);
    }
    return { ...event, transcript: chunks.join(' '), reference: undefined };
  }

  /** Returns the first chunks of a completed transcript, up to one slice; none if it is gone. @throws RetryLaterError */
  async beginning(sessionId: string, chunks: number): Promise<string[]> {
    return (await this.slice(sessionId, 0, chunks - 1)).map(String);
  }

  private async slice(sessionId: string, first: number, last: number): Promise<Buffer[]> {
    const outcome = await this.redis.run(new RedisBudget(sliceBudgetMs), slice, {
      keys: [this.keys.transcript(sessionId), this.keys.unarchived(sessionId)],
      args: [first, last, bytesPerSlice],
      bulk: true,
      idempotent: true,
    });
    if (outcome.status === 'ok') return outcome.value as Buffer[];
    throw new RetryLaterError('The transcript could not be read from Redis', {
      code: 'reading a transcript',
    });
  }
}
