import { Injectable } from '@nestjs/common';
import { InjectRedis, loadScript, RedisBudget, RedisClient, shared } from '@app/redis';
import { compareIds, type StreamEvent } from '../event.js';
import { type StreamEntry, toStreamEvent } from '../stream-entry.js';

const range = loadScript('ids-1', new URL('../scripts/ids-1.lua', import.meta.url));
const entries = loadScript('entries-1', new URL('../scripts/entries-1.lua', import.meta.url));

/** Maximum number of events of a session that a listener can catch up on. */
export const MAX_SESSION_EVENTS = 1_000;
/** The first id of a list that still has all ids of its session. */
const beginning = '0-0';
/** No request waits for these calls, so a busy server may take longer. */
const readBudgetMs = 2_000;
const maxEventsPerRead = 64;
const maxBytesPerRead = 256 * 1024;

/** Events that a listener has missed. */
export interface MissedEvents {
  readonly events: readonly StreamEvent[];
  /** Whether some events after the given id are no longer available. */
  readonly hasGap: boolean;
  /** The id to continue after; undefined at the end. */
  readonly continueAfter: string | undefined;
}

/**
 * Reads the events of a session by the list `{env}:session:{id}:events`, which has the ids of the session's entries in the
 * stream. The list is written with each event, and gets the TTL of the session.
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

  /** Returns events of a session after an id, up to a maximum size; undefined if Redis does not reply. */
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
    // If the client has the id of an event, a missing list was lost.
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
    const found = read.value as (StreamEntry | null)[];
    const events = found.flatMap((entry) => (entry ? [toStreamEvent(entry)] : []));
    return {
      events,
      hasGap: hasLostIds || events.length < found.length,
      continueAfter: found.length < missed.length ? wanted[found.length - 1] : undefined,
    };
  }
}
