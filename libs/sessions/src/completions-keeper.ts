import { setTimeout as delay } from 'node:timers/promises';
import { Injectable, Logger } from '@nestjs/common';
import {
  CompletionsRepository,
  EventsRepository,
  MAX_EXCERPT_BYTES,
  prefixOf,
  type UnhandledCompletion,
} from '@app/events';
import { InjectRedis, loadScript, RedisClient } from '@app/redis';
import { CompletedTranscripts } from './completed-transcripts.js';
import { MAX_UNARCHIVED_MS, MIN_UNARCHIVED_TTL_MS } from './session.js';
import { SessionKeys } from './session-keys.js';
import { SessionWriter } from './writer/session-writer.js';

const keep = loadScript('keep-3', new URL('./scripts/keep-3.lua', import.meta.url));

const completionsPerStep = 200;
/** Pause between steps, so that a long backlog does not keep Redis busy. */
const pauseMs = 50;
/** The TTL of a transcript is renewed when its completion has waited for half of the minimum TTL. */
const renewAfterMs = MIN_UNARCHIVED_TTL_MS / 2;

/** Result of a pass over the completions that wait for consumers. */
export interface KeptCompletions {
  /** Completions that every group has handled, so that their transcripts were released. */
  readonly released: number;
  /** Completions that the stream had dropped unhandled, and that were published again. */
  readonly republished: number;
  /** Completions whose transcript no longer exists or has waited for too long. */
  readonly lost: number;
}

/**
 * Ensures that every consumer group receives completed transcripts. Extends the TTL of their text, publishes their event again
 * if the stream dropped it, and releases the text when all groups have handled it. Several processes may do this at once.
 */
@Injectable()
export class CompletionsKeeper {
  private readonly logger = new Logger('Events');
  private readonly keys: SessionKeys;

  constructor(
    @InjectRedis('sessions') private readonly redis: RedisClient,
    private readonly completions: CompletionsRepository,
    private readonly events: EventsRepository,
    private readonly transcripts: CompletedTranscripts,
    private readonly writer: SessionWriter,
  ) {
    redis.register(keep);
    this.keys = new SessionKeys(redis.keys);
  }

  /** Checks every completion once. */
  async keep(nowMs = Date.now()): Promise<KeptCompletions> {
    const counts = { released: 0, republished: 0, lost: 0 };
    let cursor = '0';
    do {
      const scanned = await this.completions.scan(cursor, completionsPerStep);
      if (!scanned) break;
      for (const completion of scanned.completions) {
        const outcome = await this.keepOne(completion, nowMs);
        if (outcome !== 'waiting') counts[outcome]++;
      }
      cursor = scanned.cursor;
      if (cursor !== '0') await delay(pauseMs);
    } while (cursor !== '0');
    if (counts.lost > 0)
      this.logger.error(
        `${counts.lost} completed transcripts were lost before every consumer group had handled them`,
      );
    if (counts.republished > 0)
      this.logger.warn(`Published ${counts.republished} completions again that the stream had dropped`);
    return counts;
  }

  private async keepOne(
    completion: UnhandledCompletion,
    nowMs: number,
  ): Promise<keyof KeptCompletions | 'waiting'> {
    const ageMs = nowMs - Date.parse(completion.timestamp);
    if (completion.state === 'handled') return (await this.release(completion)) ? 'released' : 'waiting';
    if (ageMs > MAX_UNARCHIVED_MS) {
      await this.completions.remove(completion);
      return completion.state === 'dead' ? 'released' : 'lost';
    }
    if (completion.state === 'dropped') return this.republish(completion);
    if (ageMs > renewAfterMs) await this.keepText(completion);
    return 'waiting';
  }

  /** Releases the text before the registration, so that it is released again if this process ends in between. */
  private async release(completion: UnhandledCompletion): Promise<boolean> {
    const { sessionId, tenantId } = completion;
    if (!(await this.writer.release({ tenantId, id: sessionId }))) return false;
    await this.completions.remove(completion);
    return true;
  }

  private async republish(completion: UnhandledCompletion): Promise<'republished' | 'lost' | 'waiting'> {
    const { sessionId, tenantId, timestamp, chunks, bytes, eventId } = completion;
    const beginning = await this.transcripts.beginning(sessionId, chunks).catch(() => undefined);
    if (!beginning) return 'waiting';
    if (beginning.length === 0 && chunks > 0) {
      await this.completions.remove(completion);
      return 'lost';
    }
    const text = Buffer.from(beginning.join(' '));
    const isWhole = bytes <= MAX_EXCERPT_BYTES;
    const reference = { bytes, firstChunk: 0, lastChunk: chunks - 1 };
    const published = await this.events.publish(
      {
        type: 'transcript_completed',
        sessionId,
        tenantId,
        transcript: prefixOf(text, MAX_EXCERPT_BYTES),
        ...(isWhole ? {} : { reference }),
        timestamp,
      },
      { chunks, bytes, replacedId: eventId },
    );
    return published.status === 'ok' ? 'republished' : 'waiting';
  }

  private async keepText({ sessionId }: UnhandledCompletion): Promise<void> {
    await this.redis.run(this.redis.newBudget(), keep, {
      keys: this.keys.text(sessionId),
      args: [MIN_UNARCHIVED_TTL_MS],
    });
  }
}
