import { Injectable } from '@nestjs/common';
import { InjectRedis, loadScript, RedisBudget, RedisClient, shared } from '@app/redis';
import { compareIds, type StreamEvent, toEvent } from './event.js';
import { toFieldMap } from './events.repository.js';

const range = loadScript('ids-1', new URL('./scripts/ids-1.lua', import.meta.url));
const entries = loadScript('entries-1', new URL('./scripts/entries-1.lua', import.meta.url));

/** Events of a session whose ids are kept. */
export const MAX_SESSION_EVENTS = 1_000;
/** First of the kept ids as long as no older one was dropped. */
const beginning = '0-0';
/** Nobody waits for one that catches up. */
const readBudgetMs = 2_000;
const maxEventsPerRead = 64;
const maxBytesPerRead = 256 * 1024;

/** What a session's listener has missed. */
export interface MissedEvents {
  readonly events: readonly StreamEvent[];
  /** Some that came after the given id are not kept any more. */
  readonly hasGap: boolean;
  /** The last id that was looked for; undefined when nothing is left to look for. */
  readonly continueAfter: string | undefined;
}

/**
 * `{env}:session:{id}:events`, a list: the ids of the session's entries in the stream, so that catching up reads these
 * alone. It is written with the events, and lives as long as the session from the last one.
 */
@Injectable()
export class SessionEventsRepository {
  private readonly streamKey: string;

  constructor(@InjectRedis('sessions') private readonly redis: RedisClient) {
    redis.register(range);
    redis.register(entries);
    this.streamKey = redis.keys.key(shared('transcription_events'));
  }

  key(sessionId: string): string {
    return this.redis.keys.key('session', shared(sessionId), 'events');
  }

  /** Events of a session after an id: as many as fit a reply of bounded size. Undefined while Redis is away. */
  async after(sessionId: string, afterId: string): Promise<MissedEvents | undefined> {
    const listed = await this.redis.run(new RedisBudget(readBudgetMs), range, {
      keys: [this.key(sessionId)],
      args: [2 * MAX_SESSION_EVENTS],
      bulk: true,
      idempotent: true,
    });
    if (listed.status !== 'ok') return undefined;
    const ids = (listed.value as Buffer[]).map(String);
    const first = ids[0] ?? beginning;
    const missed = ids.filter((id) => compareIds(id, afterId) > 0);
    // A list that is not there may have been lost, and whoever has an id was told of an event.
    const hasLostIds =
      ids.length === 0 ? afterId !== beginning : first !== beginning && compareIds(first, afterId) > 0;
    const wanted = missed.slice(0, maxEventsPerRead);
    if (wanted.length === 0) return { events: [], hasGap: hasLostIds, continueAfter: undefined };
    const read = await this.redis.run(new RedisBudget(readBudgetMs), entries, {
      keys: [this.streamKey],
      args: [maxBytesPerRead, ...wanted],
      bulk: true,
      idempotent: true,
    });
    if (read.status !== 'ok') return undefined;
    const found = read.value as ([Buffer, Buffer[]] | null)[];
    const events = found.flatMap((entry) => (entry ? [toStreamEvent(entry)] : []));
    return {
      events,
      hasGap: hasLostIds || events.length < found.length,
      continueAfter: found.length < missed.length ? wanted[found.length - 1] : undefined,
    };
  }
}

const toStreamEvent = ([id, fields]: [Buffer, Buffer[]]): StreamEvent =>
  toEvent(String(id), toFieldMap(fields));
