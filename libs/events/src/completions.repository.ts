import { Injectable } from '@nestjs/common';
import { InjectRedis, loadScript, RedisClient, shared } from '@app/redis';
import { publishFragment, streamIdsFragment } from './fragments.js';

const scan = loadScript('scan-completions-2', new URL('./scripts/scan-completions-2.lua', import.meta.url), {
  publish: publishFragment,
  'stream-ids': streamIdsFragment,
});
const count = loadScript(
  'count-completions-1',
  new URL('./scripts/count-completions-1.lua', import.meta.url),
);
const forget = loadScript(
  'forget-completion-1',
  new URL('./scripts/forget-completion-1.lua', import.meta.url),
);

/** A completed transcript whose event some consumer group has not acknowledged, as far as is known. */
export interface UnhandledCompletion {
  readonly sessionId: string;
  readonly tenantId: string;
  readonly eventId: string;
  /** ISO 8601: when it was completed. */
  readonly timestamp: string;
  readonly chunks: number;
  /** Of the whole text. */
  readonly bytes: number;
  /**
   * `waiting` for a group; `handled` by all groups since it was last looked at; `dropped` from the stream before that;
   * `dead`: it is a dead letter.
   */
  readonly state: 'waiting' | 'handled' | 'dropped' | 'dead';
}

type Note = [eventId: string, tenantId: string, timestamp: string, chunks: number, bytes: number];

/**
 * `{env}:transcription_events:completions`, a hash by session id: completed transcripts that must be kept, and published
 * again if need be, until every consumer group has handled their event.
 */
@Injectable()
export class CompletionsRepository {
  private readonly key: string;
  private readonly streamKey: string;

  constructor(@InjectRedis('sessions') private readonly redis: RedisClient) {
    for (const script of [scan, count, forget]) redis.register(script);
    this.streamKey = redis.keys.key(shared('transcription_events'));
    this.key = redis.keys.key(shared('transcription_events'), 'completions');
  }

  /** About `count` completions and where to continue; the cursor is `0` at the end. Undefined while Redis is away. */
  async scan(
    cursor: string,
    count: number,
  ): Promise<{ cursor: string; completions: UnhandledCompletion[] } | undefined> {
    const keys = [this.streamKey, this.key];
    const call = { keys, args: [cursor, count], bulk: true, idempotent: true };
    const outcome = await this.redis.run(this.redis.newBudget(), scan, call);
    if (outcome.status !== 'ok') return undefined;
    const [next, ...rest] = (outcome.value as Buffer[]).map(String);
    const completions: UnhandledCompletion[] = [];
    for (let index = 0; index < rest.length; index += 3) {
      const [sessionId, note, state] = rest.slice(index, index + 3) as [string, string, string];
      const [eventId, tenantId, timestamp, chunks, bytes] = JSON.parse(note) as Note;
      completions.push({
        sessionId,
        tenantId,
        eventId,
        timestamp,
        chunks,
        bytes,
        state: state as UnhandledCompletion['state'],
      });
    }
    return { cursor: next as string, completions };
  }

  /** Whether a session's completion is waited for. Undefined while Redis is away. */
  async has(sessionId: string): Promise<boolean | undefined> {
    const outcome = await this.redis.command(this.redis.newBudget(), 'HEXISTS', this.key, sessionId);
    return outcome.status === 'ok' ? outcome.value === 1 : undefined;
  }

  /** Completions that are waited for. */
  async count(): Promise<number | undefined> {
    const outcome = await this.redis.run(this.redis.newBudget(), count, { keys: [this.key], args: [] });
    return outcome.status === 'ok' ? Number(outcome.value) : undefined;
  }

  /** Waits for a completion no more. */
  async forget({ sessionId, eventId }: UnhandledCompletion): Promise<void> {
    const call = { keys: [this.key], args: [sessionId, eventId] };
    await this.redis.run(this.redis.newBudget(), forget, call);
  }
}
