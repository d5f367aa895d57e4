import { Injectable } from '@nestjs/common';
import { InjectRedis, loadScript, type Outcome, RedisBudget, RedisClient, shared } from '@app/redis';
import type { DeadLetter, DeadLetterFilter } from './dead-letter.js';
import { DeadLettersUnavailableError } from './dead-letter.errors.js';
import { deadLetterFragment } from '../fragments.js';

const scan = loadScript(
  'scan-dead-letters-1',
  new URL('../scripts/scan-dead-letters-1.lua', import.meta.url),
);
const replay = loadScript(
  'replay-dead-letters-2',
  new URL('../scripts/replay-dead-letters-2.lua', import.meta.url),
);
const remove = loadScript(
  'delete-dead-letters-2',
  new URL('../scripts/delete-dead-letters-2.lua', import.meta.url),
  { 'note-dead-letter': deadLetterFragment },
);

/** Only operators wait for these calls, so a busy server may take longer. */
const budgetMs = 2_000;
/** Limits of one script call, so that it does not block other clients. */
const maxScanned = 500;
const maxScannedBytes = 16 * 1024 * 1024;
const maxMovedBytes = 8 * 1024 * 1024;
const excerptBytes = 200;

export interface ScanOptions {
  readonly first: 'newest' | 'oldest';
  /** Id to continue after; undefined to start. */
  readonly after: string | undefined;
  /** Last id to scan; undefined for all. */
  readonly until?: string | undefined;
  readonly filter: DeadLetterFilter;
  readonly limit: number;
}

/** Stores dead letters in the stream `{env}:transcription_events:dead`. */
@Injectable()
export class DeadLettersRepository {
  private readonly key: string;

  constructor(@InjectRedis('sessions') private readonly redis: RedisClient) {
    for (const script of [scan, replay, remove]) redis.register(script);
    this.key = redis.keys.key(shared('transcription_events'), 'dead');
  }

  /** Returns the number of dead letters; undefined if Redis does not reply. */
  async length(): Promise<number | undefined> {
    const outcome = await this.redis.command(new RedisBudget(budgetMs), 'XLEN', this.key);
    return outcome.status === 'ok' ? Number(outcome.value) : undefined;
  }

  /** Returns the newest id; undefined if there are no dead letters. @throws DeadLettersUnavailableError */
  async newestId(): Promise<string | undefined> {
    const { found } = await this.scan({ first: 'newest', after: undefined, filter: {}, limit: 1 });
    return found[0]?.id;
  }

  /** Returns a dead letter; undefined if it does not exist. @throws DeadLettersUnavailableError */
  async get(id: string): Promise<DeadLetter | undefined> {
    const { found } = await this.scan({ first: 'newest', after: successorOf(id), filter: {}, limit: 1 });
    return found[0]?.id === id ? found[0] : undefined;
  }

  /**
   * Returns dead letters that match, and the id to continue after (undefined at the end). Each call scans a limited number
   * of dead letters, so it may find fewer than `limit`, or none, before the end.
   *
   * @throws DeadLettersUnavailableError
   */
  async scan(options: ScanOptions): Promise<{ found: DeadLetter[]; next: string | undefined }> {
    const { first, after = '', until = '', filter, limit } = options;
    const { group = '', type = '', session = '', reason = '' } = filter;
    const outcome = await this.redis.run(new RedisBudget(budgetMs), scan, {
      keys: [this.key],
      args: [
        first,
        after,
        until,
        limit,
        maxScanned,
        maxScannedBytes,
        excerptBytes,
        group,
        type,
        session,
        lowerCase(reason),
      ],
    });
    const [next, ...rows] = replied(outcome) as [Buffer, ...unknown[][]];
    return { found: rows.map(toDeadLetter), next: String(next) || undefined };
  }

  /**
   * Moves dead letters of one group to the stream of its replays. Returns how many were moved.
   *
   * @throws DeadLettersUnavailableError
   */
  async replay(group: string, ids: readonly string[]): Promise<number> {
    let [done, moved] = [0, 0];
    while (done < ids.length) {
      const outcome = await this.redis.run(new RedisBudget(budgetMs), replay, {
        keys: [this.key, this.redis.keys.key(shared('transcription_events'), 'replays', group)],
        args: [group, maxMovedBytes, ...ids.slice(done)],
      });
      const [processed, movedNow] = confirmed(outcome) as [number, number];
      done += processed;
      moved += movedNow;
    }
    return moved;
  }

  /** Deletes dead letters. Returns how many were deleted. @throws DeadLettersUnavailableError */
  async delete(ids: readonly string[]): Promise<number> {
    if (ids.length === 0) return 0;
    const keys = [this.key, this.redis.keys.key(shared('transcription_events'), 'completions')];
    return Number(
      confirmed(await this.redis.run(new RedisBudget(budgetMs), remove, { keys, args: [...ids] })),
    );
  }
}

/** Converts ASCII letters only, like Lua's `string.lower`. */
const lowerCase = (text: string): string => text.replace(/[A-Z]/g, (letter) => letter.toLowerCase());

const successorOf = (id: string): string => {
  const [ms = '0', number = '0'] = id.split('-');
  return `${ms}-${BigInt(number) + 1n}`;
};

function replied<T>(outcome: Outcome<T>): T {
  if (outcome.status === 'ok') return outcome.value;
  throw new DeadLettersUnavailableError('Redis did not reply. Try again.');
}

function confirmed<T>(outcome: Outcome<T>): T {
  if (outcome.status === 'ok') return outcome.value;
  if (outcome.status === 'error' && outcome.fault.code === 'OOM')
    throw new DeadLettersUnavailableError(
      'Redis is out of memory, and the remaining dead letters were not changed. Free memory and try again.',
    );
  throw new DeadLettersUnavailableError(
    'mayHaveRun' in outcome && outcome.mayHaveRun
      ? 'Redis did not confirm the change, so it may have been made. List the dead letters before you try again.'
      : 'Redis is unavailable, and nothing was changed. Try again.',
  );
}

function toDeadLetter(row: unknown[]): DeadLetter {
  const [id, group, eventId, attempts, reason, type, sessionId, tenantId, timestamp, bytes, excerpt] =
    row.map(toText) as [string, ...string[]];
  return {
    id,
    group: group as string,
    eventId: eventId as string,
    type: type as string,
    sessionId: sessionId as string,
    tenantId: tenantId as string,
    attempts: Number(attempts) || 0,
    reason: reason as string,
    timestamp: timestamp as string,
    deadSince: new Date(Number(id.split('-')[0])).toISOString(),
    transcriptBytes: Number(bytes) || 0,
    excerpt: excerpt as string,
  };
}

/** Decodes UTF-8 that may have been truncated within a character. */
const toText = (value: unknown): string => String(value).replace(/\uFFFD+$/, '');
