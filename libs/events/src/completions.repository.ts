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
const remove = loadScript(
  'delete-completion-1',
  new URL('./scripts/delete-completion-1.lua', import.meta.url),
);

/** A completed transcript that is registered until every consumer group has handled its event. */
export interface UnhandledCompletion {
  readonly sessionId: string;
  readonly tenantId: string;
  readonly eventId: string;
  /** When the transcript was completed, ISO 8601. */
  readonly timestamp: string;
  readonly chunks: number;
  /** Size of the whole text. */
  readonly bytes: number;
  /**
   * The event is `waiting` for a group, was `handled` by all groups, was `dropped` from the stream before all groups had
   * handled it, or is `dead` (a dead letter of some group).
   */
  readonly state: 'waiting' | 'handled' | 'dropped' | 'dead';
}

type Note = [eventId: string, tenantId: string, timestamp: string, chunks: number, bytes: number];

/**
 * Stores the registry of unhandled completions in `{env}:transcription_events:completions`, a hash by session id. Their
 * transcripts are kept until every consumer group has handled the event.
 */
@Injectable()
export class CompletionsRepository {
  private readonly key: string;
  private readonly streamKey: string;

  constructor(@InjectRedis('sessions') private readonly redis: RedisClient) {
    for (const script of [scan, count, remove]) redis.register(script);
    this.streamKey = redis.keys.key(shared('transcription_events'));
    this.key = redis.keys.key(shared('transcription_events'), 'completions');
  }

  /** Returns about `count` completions and the next cursor (`0` at the end); undefined if Redis does not reply. */
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

  /** Returns whether a session's completion is registered; undefined if Redis does not reply. */
  async has(sessionId: string): Promise<boolean | undefined> {
    const outcome = await this.redis.command(this.redis.newBudget(), 'HEXISTS', this.key, sessionId);
    return outcome.status === 'ok' ? outcome.value === 1 : undefined;
  }

  /** Returns the number of registered completions; undefined if Redis does not reply. */
  async count(): Promise<number | undefined> {
    const outcome = await this.redis.run(this.redis.newBudget(), count, { keys: [this.key], args: [] });
    return outcome.status === 'ok' ? Number(outcome.value) : undefined;
  }

  /** Removes a completion from the registry, unless it has been published again. */
  async remove({ sessionId, eventId }: UnhandledCompletion): Promise<void> {
    const call = { keys: [this.key], args: [sessionId, eventId] };
    await this.redis.run(this.redis.newBudget(), remove, call);
  }
}
