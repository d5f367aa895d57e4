import { Injectable, Optional } from '@nestjs/common';
import { MarqueeConfig } from '@app/config';
import {
  InjectRedis,
  type LeasedConnection,
  loadScript,
  miss,
  ok,
  type Outcome,
  pairsOf,
  RedisClient,
  shared,
} from '@app/redis';
import type { NewEvent, StreamEvent } from './event.js';
import { EventsMetrics } from './events.metrics.js';
import { publishFragment, streamIdsFragment } from './fragments.js';
import { type StreamEntry, toStreamEvent } from './stream-entry.js';

const trim = loadScript('trim-2', new URL('./scripts/trim-2.lua', import.meta.url), {
  publish: publishFragment,
  'stream-ids': streamIdsFragment,
});
const publish = loadScript('publish-2', new URL('./scripts/publish-2.lua', import.meta.url), {
  publish: publishFragment,
});

/** A process trims the stream once per this many published events. */
const eventsPerTrim = 200;
/** Entries that a consumer group has not acknowledged are retained up to this multiple of the maximum length. */
const maxBacklogFactor = 20;
/** A process checks the size of the stream once per at most this many published bytes. */
const maxUncheckedBytes = 256 * 1024;
const entryOverheadBytes = 256;
/** Time for the reply, in addition to the blocking time. */
const replyMarginMs = 2_000;

/** Result of publishing an event after its change. */
export interface Published {
  readonly id: string;
  /** Whether a completion was registered; `none` if there are no consumer groups. */
  readonly registered: 'registered' | 'unregistered' | 'none';
}

/** The data of a completed transcript for the registry of unhandled completions. */
export interface Completion {
  readonly chunks: number;
  /** Size of the whole text. */
  readonly bytes: number;
  /** Id of the dropped event that this event replaces. */
  readonly replacedId?: string;
}

/** Progress of a consumer group. */
export interface GroupState {
  readonly name: string;
  readonly pending: number;
  /** Entries that were not delivered yet; null if Redis does not know. */
  readonly lag: number | null;
  /** Replayed dead letters of this group that were not acknowledged yet. */
  readonly replays: number;
}

/** Publishes, reads and trims the event stream `{env}:transcription_events`. */
@Injectable()
export class EventsRepository {
  /** Keys for scripts that publish an event in the same step as its change: the stream and the registry of completions. */
  readonly publishKeys: readonly [stream: string, registry: string];
  private readonly key: string;
  private sinceTrim = 0;
  /** A new process checks the size with its first event. */
  private uncheckedBytes = Infinity;

  constructor(
    @InjectRedis('sessions') private readonly redis: RedisClient,
    private readonly config: MarqueeConfig,
    @Optional() private readonly metrics?: EventsMetrics,
  ) {
    for (const script of [trim, publish]) redis.register(script);
    this.key = redis.keys.key(shared('transcription_events'));
    this.publishKeys = [this.key, redis.keys.key(shared('transcription_events'), 'completions')];
  }

  /**
   * Returns the maximum size of the stream for a script that publishes an event with `textBytes` of text. Returns 0, which
   * skips the check, unless this process has published enough since the last one.
   */
  maxBytesFor(textBytes: number): number {
    this.uncheckedBytes += textBytes + entryOverheadBytes;
    const { maxBytes } = this.config.events;
    if (this.uncheckedBytes < Math.min(maxUncheckedBytes, maxBytes / 32)) return 0;
    this.uncheckedBytes = 0;
    return maxBytes;
  }

  /** Publishes an event after its change. */
  async publish(event: NewEvent, completion?: Completion): Promise<Outcome<Published>> {
    const { type, sessionId, tenantId, transcript, timestamp, reference } = event;
    const outcome = await this.redis.run(this.redis.newBudget(), publish, {
      keys: this.publishKeys,
      args: [
        this.maxBytesFor(transcript.length),
        completion?.replacedId ?? '',
        type,
        sessionId,
        tenantId,
        transcript,
        timestamp,
        reference?.bytes ?? '',
        reference?.firstChunk ?? '',
        reference?.lastChunk ?? '',
        completion?.chunks ?? '',
        completion?.bytes ?? '',
      ],
    });
    if (outcome.status !== 'ok') return outcome;
    // Another process has already replaced the event.
    if (outcome.value === null) return miss;
    const [id, unread, registered] = outcome.value as [Buffer, number, Buffer];
    this.published(unread);
    return ok({ id: String(id), registered: String(registered) as Published['registered'] });
  }

  /** Counts a published event and the unread events that were dropped with it, and occasionally trims the stream. */
  published(unread = 0): void {
    this.metrics?.dropped(unread);
    if (++this.sinceTrim < eventsPerTrim) return;
    this.sinceTrim = 0;
    void this.trim();
  }

  /** Counts a deletion whose event could not be published. */
  deletionNotPublished(): void {
    this.metrics?.deletionNotPublished();
  }

  /** Trims the stream to its limits. Returns the number of trimmed entries, and of those that some group had not acknowledged. */
  async trim(nowMs = Date.now()): Promise<{ trimmed: number; unread: number } | undefined> {
    const { maxLength, maxAgeSeconds, maxBytes } = this.config.events;
    const oldestMs = maxAgeSeconds === 0 ? 0 : nowMs - maxAgeSeconds * 1000;
    const outcome = await this.redis.run(this.redis.newBudget(), trim, {
      keys: this.publishKeys,
      args: [maxLength, maxLength * maxBacklogFactor, oldestMs, maxBytes],
    });
    if (outcome.status !== 'ok') return undefined;
    const [trimmed, unread] = outcome.value as [number, number];
    this.metrics?.dropped(unread);
    return { trimmed, unread };
  }

  /** Returns the number of entries; undefined if Redis does not reply. */
  async length(): Promise<number | undefined> {
    const outcome = await this.redis.command(this.redis.newBudget(), 'XLEN', this.key);
    return outcome.status === 'ok' ? Number(outcome.value) : undefined;
  }

  /** Returns the memory that the stream uses; undefined if Redis does not reply or does not permit MEMORY. */
  async bytes(): Promise<number | undefined> {
    const args = [this.key, 'SAMPLES', 0] as const;
    const outcome = await this.redis.subcommand(this.redis.newBudget(), 'MEMORY', 'USAGE', ...args);
    return outcome.status === 'ok' ? Number(outcome.value ?? 0) : undefined;
  }

  /** Returns the newest id, which is `0-0` for an empty stream; undefined if Redis does not reply. */
  async newestId(): Promise<string | undefined> {
    const args = [this.key, '+', '-', 'COUNT', 1] as const;
    const outcome = await this.redis.command(this.redis.newBudget(), 'XREVRANGE', ...args);
    if (outcome.status !== 'ok') return undefined;
    const [newest] = outcome.value as StreamEntry[];
    return newest ? String(newest[0]) : '0-0';
  }

  /** Lends a connection for blocking reads. @throws PoolExhaustedError, RedisUnavailableError */
  withReader<T>(use: (reader: LeasedConnection) => Promise<T>): Promise<T> {
    return this.redis.lease({ waitMs: 1_000, blocking: true, key: this.key }, use);
  }

  /** Waits up to `blockMs` for events after an id. Returns undefined if Redis does not reply. */
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

  /** Returns the progress of each consumer group; undefined if there is no stream or Redis does not reply. */
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

/** Decodes a reply of XREAD for one stream, which is nil if no entry arrived in time. */
const ofOneStream = (reply: unknown): StreamEvent[] =>
  reply === null ? [] : (reply as [Buffer, StreamEntry[]])[1].map(toStreamEvent);

function toGroup(reply: unknown): Omit<GroupState, 'replays'> {
  const named = new Map(pairsOf(reply as unknown[]));
  const lag = named.get('lag') ?? null;
  return {
    name: String(named.get('name')),
    pending: Number(named.get('pending')),
    lag: lag === null ? null : Number(lag),
  };
}
