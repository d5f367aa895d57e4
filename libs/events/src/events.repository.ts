import { Injectable } from '@nestjs/common';
import { MarqueeConfig } from '@app/config';
import {
  InjectRedis,
  type LeasedConnection,
  loadScript,
  pairsOf,
  RedisBudget,
  RedisClient,
  shared,
} from '@app/redis';
import type { NewEvent, StreamEvent } from './event.js';

const trim = loadScript('trim-1', new URL('./scripts/trim-1.lua', import.meta.url));

/** Trimming reads a little of the stream: once in so many events. */
const eventsPerTrim = 200;
/** So many times as many as are to be kept may wait for a consumer that is behind or gone. */
const mostTimesTheLength = 20;
/** Nobody waits for a reader that catches up, and transcripts may be large. */
const readBudgetMs = 2_000;
/** Beyond what a blocking read waits. */
const replyMarginMs = 2_000;

/** How far a group is. */
export interface GroupState {
  readonly name: string;
  readonly pending: number;
  /** Entries not delivered yet; null where Redis does not know. */
  readonly lag: number | null;
  /** Replayed events of this group alone that are not acknowledged yet. */
  readonly replays: number;
}

/** `{env}:transcription_events`, a stream, and how its consumer groups stand. */
@Injectable()
export class EventsRepository {
  private readonly key: string;
  private readonly isClustered: boolean;
  private sinceTrim = 0;

  constructor(
    @InjectRedis('sessions') private readonly redis: RedisClient,
    private readonly config: MarqueeConfig,
  ) {
    redis.register(trim);
    this.key = redis.keys.key(shared('transcription_events'));
    this.isClustered = this.key.includes('{');
  }

  /** The stream's key, for scripts that tell of their own change in it; none in a cluster, where it has another slot. */
  get keysWithin(): readonly string[] {
    return this.isClustered ? [] : [this.key];
  }

  /** XADD. False when Redis did not confirm it. */
  async publish({ type, sessionId, tenantId, transcript, timestamp }: NewEvent): Promise<boolean> {
    const fields = ['event_type', type, 'session_id', sessionId, 'tenant_id', tenantId];
    const rest = ['transcript', transcript, 'timestamp', timestamp];
    const outcome = await this.redis.command(
      this.redis.newBudget(),
      'XADD',
      this.key,
      '*',
      ...fields,
      ...rest,
    );
    this.published();
    return outcome.status === 'ok';
  }

  /** Somebody has published: now and then the stream is trimmed. */
  published(): void {
    if (++this.sinceTrim < eventsPerTrim) return;
    this.sinceTrim = 0;
    void this.trim();
  }

  /** Answers how many entries went, and whether some group had not acknowledged them. */
  async trim(nowMs = Date.now()): Promise<{ trimmed: number; hadUnread: boolean } | undefined> {
    const { maxLength, maxAgeSeconds } = this.config.events;
    const oldestMs = maxAgeSeconds === 0 ? 0 : nowMs - maxAgeSeconds * 1000;
    const outcome = await this.redis.run(this.redis.newBudget(), trim, {
      keys: [this.key],
      args: [maxLength, maxLength * mostTimesTheLength, oldestMs],
    });
    if (outcome.status !== 'ok') return undefined;
    const [trimmed, hadUnread] = outcome.value as [number, number];
    return { trimmed, hadUnread: hadUnread === 1 && trimmed > 0 };
  }

  /** XLEN. */
  async length(): Promise<number | undefined> {
    const outcome = await this.redis.command(this.redis.newBudget(), 'XLEN', this.key);
    return outcome.status === 'ok' ? Number(outcome.value) : undefined;
  }

  /** The newest id; `0-0` of an empty stream. */
  async newestId(): Promise<string | undefined> {
    const outcome = await this.redis.command(
      this.redis.newBudget(),
      'XREVRANGE',
      this.key,
      '+',
      '-',
      'COUNT',
      1,
    );
    return outcome.status === 'ok' ? (toEvents(outcome.value)[0]?.id ?? '0-0') : undefined;
  }

  /** XRANGE: entries after an id, at most `count`. */
  async after(id: string, count: number): Promise<StreamEvent[] | undefined> {
    const outcome = await this.redis.command(
      new RedisBudget(readBudgetMs),
      'XRANGE',
      this.key,
      `(${id}`,
      '+',
      'COUNT',
      count,
    );
    return outcome.status === 'ok' ? toEvents(outcome.value) : undefined;
  }

  /** Lends a connection for blocking reads. @throws PoolExhaustedError, RedisUnavailableError */
  withReader<T>(use: (reader: LeasedConnection) => Promise<T>): Promise<T> {
    return this.redis.lease({ waitMs: 1_000, blocks: true, key: this.key }, use);
  }

  /** XREAD BLOCK: entries after an id, as soon as there are any; none when `blockMs` is over. */
  async wait(
    reader: LeasedConnection,
    id: string,
    count: number,
    blockMs: number,
  ): Promise<StreamEvent[] | undefined> {
    const args = ['COUNT', count, 'BLOCK', blockMs, 'STREAMS', this.key, id];
    const outcome = await reader.command(blockMs + replyMarginMs, 'XREAD', ...args);
    return outcome.status === 'ok' ? ofOneStream(outcome.value) : undefined;
  }

  /** XINFO GROUPS, and XLEN of each group's replays. */
  async groups(): Promise<GroupState[] | undefined> {
    const outcome = await this.redis.subcommand(this.redis.newBudget(), 'XINFO', 'GROUPS', this.key);
    if (outcome.status !== 'ok') return undefined;
    const groups = (outcome.value as unknown[]).map(toGroup);
    return Promise.all(groups.map(async (group) => ({ ...group, replays: await this.replays(group.name) })));
  }

  private async replays(group: string): Promise<number> {
    const key = this.redis.keys.key(shared('transcription_events'), 'replays', group);
    const outcome = await this.redis.command(this.redis.newBudget(), 'XLEN', key);
    return outcome.status === 'ok' ? Number(outcome.value) : 0;
  }
}

/** XREAD's reply: the one stream's key and entries; nil when nothing came in time. */
const ofOneStream = (reply: unknown): StreamEvent[] =>
  reply === null ? [] : toEvents((reply as [Buffer, unknown])[1]);

function toEvents(reply: unknown): StreamEvent[] {
  // Claimed entries that were trimmed are nil.
  return (reply as [Buffer, Buffer[] | null][])
    .filter((entry) => entry?.[1])
    .map(([id, fields]) => toEvent(id, fields ?? []));
}

/** An entry of the stream as other rooms know it. */
export function toEvent(id: Buffer, fields: readonly Buffer[]): StreamEvent {
  const named = new Map(pairsOf(fields).map(([field, value]) => [field, String(value)]));
  return {
    id: String(id),
    type: named.get('event_type') ?? '',
    sessionId: named.get('session_id') ?? '',
    tenantId: named.get('tenant_id') ?? 'default',
    transcript: named.get('transcript') ?? '',
    timestamp: named.get('timestamp') ?? '',
  };
}

function toGroup(reply: unknown): Omit<GroupState, 'replays'> {
  const named = new Map(pairsOf(reply as unknown[]));
  const lag = named.get('lag') ?? null;
  return {
    name: String(named.get('name')),
    pending: Number(named.get('pending')),
    lag: lag === null ? null : Number(lag),
  };
}
