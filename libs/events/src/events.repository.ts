import { Injectable } from '@nestjs/common';
import { MarqueeConfig } from '@app/config';
import {
  InjectRedis,
  type LeasedConnection,
  loadScript,
  pairsOf,
  type Outcome,
  RedisBudget,
  RedisClient,
  shared,
} from '@app/redis';
import type { NewEvent, StreamEvent } from './event.js';

const trim = loadScript('trim-1', new URL('./scripts/trim-1.lua', import.meta.url));
const deadLetter = loadScript('dead-letter-3', new URL('./scripts/dead-letter-3.lua', import.meta.url));

/** Trimming reads a little of the stream: once in so many events. */
const eventsPerTrim = 200;
/** So many times as many as are to be kept may wait for a consumer that is behind or gone. */
const mostTimesTheLength = 20;
const mostDeadLetters = 10_000;
/** Nobody waits for a reader that catches up, and transcripts may be large. */
const readBudgetMs = 2_000;
/** Beyond what a blocking read waits. */
const replyMarginMs = 2_000;

/** An entry that some consumer has and has not acknowledged. */
export interface PendingEntry {
  readonly id: string;
  readonly deliveries: number;
}

/** How far a group is. */
export interface GroupState {
  readonly name: string;
  readonly pending: number;
  /** Entries not delivered yet; null where Redis does not know. */
  readonly lag: number | null;
}

/** `{env}:transcription_events`, a stream, its consumer groups, and beside it the dead letters. */
@Injectable()
export class EventsRepository {
  private readonly key: string;
  private readonly deadKey: string;
  private readonly isClustered: boolean;
  private sinceTrim = 0;

  constructor(
    @InjectRedis('sessions') private readonly redis: RedisClient,
    private readonly config: MarqueeConfig,
  ) {
    redis.register(trim);
    redis.register(deadLetter);
    this.key = redis.keys.key(shared('transcription_events'));
    this.deadKey = redis.keys.key(shared('transcription_events'), 'dead');
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

  /** XGROUP CREATE … MKSTREAM from the beginning; an existing group stays as it is. False when Redis is away. */
  async createGroup(group: string): Promise<boolean> {
    const args = [group, '0', 'MKSTREAM'];
    const outcome = await this.redis.subcommand(
      this.redis.newBudget(),
      'XGROUP',
      'CREATE',
      this.key,
      ...args,
    );
    return outcome.status === 'ok' || (outcome.status === 'error' && outcome.fault.code === 'BUSYGROUP');
  }

  /** XREADGROUP: entries that nobody in the group has had. `no-group` where the stream was emptied. */
  async take(
    reader: LeasedConnection,
    group: string,
    consumer: string,
    count: number,
    blockMs: number,
  ): Promise<StreamEvent[] | 'no-group' | undefined> {
    const args = ['GROUP', group, consumer, 'COUNT', count, 'BLOCK', blockMs, 'STREAMS', this.key, '>'];
    const outcome = await reader.command(blockMs + replyMarginMs, 'XREADGROUP', ...args);
    if (outcome.status === 'error' && outcome.fault.code === 'NOGROUP') return 'no-group';
    return outcome.status === 'ok' ? ofOneStream(outcome.value) : undefined;
  }

  /** XPENDING: entries that some consumer has had for `idleMs` without acknowledging them. */
  async pending(group: string, idleMs: number, count: number): Promise<PendingEntry[] | undefined> {
    const args = [group, 'IDLE', idleMs, '-', '+', count];
    const outcome = await this.redis.command(this.redis.newBudget(), 'XPENDING', this.key, ...args);
    if (outcome.status !== 'ok') return undefined;
    return (outcome.value as [Buffer, Buffer, number, number][]).map(([id, , , deliveries]) => ({
      id: String(id),
      deliveries,
    }));
  }

  /** XCLAIM: takes entries over that have been idle for `idleMs`; those that were trimmed are acknowledged. */
  async claim(
    group: string,
    consumer: string,
    idleMs: number,
    ids: readonly string[],
  ): Promise<StreamEvent[] | undefined> {
    const budget = this.redis.newBudget();
    const outcome = await this.redis.command(budget, 'XCLAIM', this.key, group, consumer, idleMs, ...ids);
    return outcome.status === 'ok' ? toEvents(outcome.value) : undefined;
  }

  /** XCLAIM … RETRYCOUNT 0: a failure that says nothing of the entry does not count. */
  async forgive(group: string, consumer: string, id: string): Promise<void> {
    const budget = this.redis.newBudget();
    const args = [group, consumer, 0, id, 'RETRYCOUNT', 0, 'JUSTID'];
    await this.redis.command(budget, 'XCLAIM', this.key, ...args);
  }

  /** XACK. False when Redis did not confirm it. */
  async acknowledge(group: string, ids: readonly string[]): Promise<boolean> {
    const outcome = await this.redis.command(this.redis.newBudget(), 'XACK', this.key, group, ...ids);
    return outcome.status === 'ok';
  }

  /** Keeps why an entry could not be handled, for its dead letter. */
  async failed(group: string, id: string, reason: string): Promise<void> {
    await this.redis.command(
      this.redis.newBudget(),
      'HSET',
      this.reasonsKey(group),
      id,
      reason.slice(0, 500),
    );
  }

  /** Forgets a failure that was mended. */
  async mended(group: string, ids: readonly string[]): Promise<void> {
    await this.redis.command(this.redis.newBudget(), 'HDEL', this.reasonsKey(group), ...ids);
  }

  /** Puts an entry aside with the reason, and acknowledges it. */
  async putAside(group: string, { id, deliveries }: PendingEntry): Promise<Outcome<boolean>> {
    const outcome = await this.redis.run(this.redis.newBudget(), deadLetter, {
      keys: [this.key, this.deadKey, this.reasonsKey(group)],
      args: [group, id, deliveries, mostDeadLetters],
    });
    return outcome.status === 'ok' ? { status: 'ok', value: outcome.value === 1 } : outcome;
  }

  /** XGROUP DELCONSUMER. Only of one that has nothing pending: Redis would forget that. */
  async leave(group: string, consumer: string): Promise<void> {
    const budget = this.redis.newBudget();
    const outcome = await this.redis.command(budget, 'XPENDING', this.key, group, '-', '+', 1, consumer);
    if (outcome.status !== 'ok' || (outcome.value as unknown[]).length > 0) return;
    await this.redis.subcommand(budget, 'XGROUP', 'DELCONSUMER', this.key, group, consumer);
  }

  /** XINFO GROUPS. */
  async groups(): Promise<GroupState[] | undefined> {
    const outcome = await this.redis.subcommand(this.redis.newBudget(), 'XINFO', 'GROUPS', this.key);
    return outcome.status === 'ok' ? (outcome.value as unknown[]).map(toGroup) : undefined;
  }

  private reasonsKey(group: string): string {
    return this.redis.keys.key(shared('transcription_events'), 'failures', group);
  }
}

/** XREAD's and XREADGROUP's reply: the one stream's key and entries; nil when nothing came in time. */
const ofOneStream = (reply: unknown): StreamEvent[] =>
  reply === null ? [] : toEvents((reply as [Buffer, unknown])[1]);

function toEvents(reply: unknown): StreamEvent[] {
  // Claimed entries that were trimmed are nil.
  return (reply as [Buffer, Buffer[] | null][])
    .filter((entry) => entry?.[1])
    .map(([id, fields]) => toEvent(id, fields ?? []));
}

function toEvent(id: Buffer, fields: readonly Buffer[]): StreamEvent {
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

function toGroup(reply: unknown): GroupState {
  const named = new Map(pairsOf(reply as unknown[]));
  const lag = named.get('lag') ?? null;
  return {
    name: String(named.get('name')),
    pending: Number(named.get('pending')),
    lag: lag === null ? null : Number(lag),
  };
}
