import { Injectable } from '@nestjs/common';
import {
  InjectRedis,
  type LeasedConnection,
  ok,
  type Outcome,
  pairsOf,
  RedisBudget,
  RedisClient,
  shared,
} from '@app/redis';
import type { StreamEntry } from '../stream-entry.js';
import {
  type AttemptRecord,
  type ClaimedEntry,
  type EntryRef,
  fromAttemptRecord,
  type Lane,
  lanes,
  MAX_REASON_LENGTH,
  type TakenEntry,
  toClaimedEntries,
  toTakenByLane,
  toTakenEntries,
} from './group-entries.js';
import { groupScripts as scripts } from './group-scripts.js';

/** No request waits for these calls, so a busy server may take longer. */
const budgetMs = 2_000;
/** Time for the reply in addition to the blocking time. A reply may be several megabytes. */
const replyMarginMs = 5_000;
const entryTimeoutMs = 10_000;
const maxDeadLetters = 10_000;

/** Reads and acknowledges entries of consumer groups, in `{env}:transcription_events` and in each group's `…:replays:{group}`. */
@Injectable()
export class GroupsRepository {
  constructor(@InjectRedis('sessions') private readonly redis: RedisClient) {
    for (const script of Object.values(scripts)) redis.register(script);
  }

  /** Lends a connection for blocking reads. @throws PoolExhaustedError, RedisUnavailableError */
  withReader<T>(use: (reader: LeasedConnection) => Promise<T>): Promise<T> {
    return this.redis.lease({ waitMs: 1_000, blocking: true, key: this.streamKey('events', '') }, use);
  }

  /**
   * Creates the group in both lanes, at the beginning of the stream, unless it exists. Returns the lanes that can be read: a
   * full server may have no room for the stream of replays, but its events can still be consumed.
   */
  async open(group: string): Promise<Outcome<Lane[]>> {
    const [events, replays] = await Promise.all(lanes.map((lane) => this.createGroup(lane, group)));
    if (events?.status !== 'ok') return events as Outcome<never>;
    return ok(replays?.status === 'ok' ? [...lanes] : ['events']);
  }

  /** Takes entries that were not delivered to the group yet. Returns `no-group` if a stream was deleted. */
  async take(
    reader: LeasedConnection,
    from: { readonly group: string; readonly consumer: string; readonly lanes: readonly Lane[] },
    count: number,
    blockMs: number,
  ): Promise<Outcome<TakenEntry[] | 'no-group'>> {
    const laneOf = new Map(from.lanes.map((lane) => [this.streamKey(lane, from.group), lane]));
    const group = ['GROUP', from.group, from.consumer, 'COUNT', count, 'BLOCK', blockMs];
    const streams = ['STREAMS', ...laneOf.keys(), ...from.lanes.map(() => '>')];
    const outcome = await reader.command(blockMs + replyMarginMs, 'XREADGROUP', ...group, ...streams);
    if (outcome.status === 'error' && outcome.fault.code === 'NOGROUP') return ok('no-group');
    return outcome.status === 'ok' ? ok(toTakenByLane(outcome.value, laneOf)) : outcome;
  }

  /** Reads an entry on the reader's own connection, because it may be several megabytes. A miss if it was trimmed. */
  async read(reader: LeasedConnection, group: string, { lane, id }: EntryRef): Promise<Outcome<TakenEntry>> {
    const outcome = await reader.command(entryTimeoutMs, 'XRANGE', this.streamKey(lane, group), id, id);
    if (outcome.status !== 'ok') return outcome;
    const [entry] = toTakenEntries(lane, outcome.value as StreamEntry[]);
    return entry ? ok(entry) : { status: 'miss' };
  }

  /** Takes over entries that other consumers have not acknowledged for `idleMs`. Does not read their events. */
  async claim(
    lane: Lane,
    group: string,
    consumer: string,
    idleMs: number,
    count: number,
  ): Promise<Outcome<ClaimedEntry[]>> {
    const outcome = await this.redis.run(new RedisBudget(budgetMs), scripts.claim, {
      keys: [this.streamKey(lane, group), this.recordsKey(lane, group)],
      args: [group, consumer, idleMs, count],
    });
    return outcome.status === 'ok' ? ok(toClaimedEntries(lane, outcome.value)) : outcome;
  }

  /** Records that an attempt is about to start. Returns false if the consumer no longer owns the entry. */
  async startAttempt(
    group: string,
    consumer: string,
    { lane, id }: EntryRef,
    attempt: number,
  ): Promise<Outcome<boolean>> {
    const outcome = await this.redis.run(new RedisBudget(budgetMs), scripts.startAttempt, {
      keys: [this.streamKey(lane, group), this.recordsKey(lane, group)],
      args: [group, consumer, id, attempt],
    });
    return outcome.status === 'ok' ? ok(outcome.value === 1) : outcome;
  }

  /** Records for the next owner how an attempt ended. Best effort, since the current owner has it in memory. */
  async record(group: string, { lane, id }: EntryRef, record: AttemptRecord): Promise<void> {
    const key = this.recordsKey(lane, group);
    await this.redis.command(new RedisBudget(budgetMs), 'HSET', key, id, fromAttemptRecord(record));
  }

  /** Acknowledges entries and deletes their records. Returns false if Redis did not confirm it. */
  async acknowledge(lane: Lane, group: string, ids: readonly string[]): Promise<boolean> {
    const outcome = await this.redis.run(new RedisBudget(budgetMs), scripts.acknowledge, {
      keys: [this.streamKey(lane, group), this.recordsKey(lane, group), this.key('completions')],
      args: [group, replaysFlag(lane), ...ids],
    });
    return outcome.status === 'ok';
  }

  /** Moves an entry to the dead letters. Returns false if it was already acknowledged. A miss if it was trimmed. */
  async moveToDeadLetters(
    group: string,
    { lane, id }: EntryRef,
    { attempts, reason }: { readonly attempts: number; readonly reason: string },
  ): Promise<Outcome<boolean>> {
    const outcome = await this.redis.run(new RedisBudget(budgetMs), scripts.deadLetter, {
      keys: [
        this.streamKey(lane, group),
        this.key('dead'),
        this.recordsKey(lane, group),
        this.key('completions'),
      ],
      args: [group, replaysFlag(lane), id, attempts, reason.slice(0, MAX_REASON_LENGTH), maxDeadLetters],
    });
    if (outcome.status !== 'ok') return outcome;
    return outcome.value === -1 ? { status: 'miss' } : ok(outcome.value === 1);
  }

  /** Marks a consumer's entries as idle for `idleMs`, so that other consumers can take them over at once. */
  async release(
    lane: Lane,
    group: string,
    consumer: string,
    ids: readonly string[],
    idleMs: number,
  ): Promise<void> {
    const args = [group, consumer, 0, ...ids, 'IDLE', idleMs, 'JUSTID'];
    await this.redis.command(new RedisBudget(budgetMs), 'XCLAIM', this.streamKey(lane, group), ...args);
  }

  /** Removes a consumer from its group, unless it has pending entries, which Redis would drop. */
  async leave(lane: Lane, group: string, consumer: string): Promise<void> {
    const budget = new RedisBudget(budgetMs);
    const key = this.streamKey(lane, group);
    const outcome = await this.redis.command(budget, 'XPENDING', key, group, '-', '+', 1, consumer);
    if (outcome.status !== 'ok' || (outcome.value as unknown[]).length > 0) return;
    await this.redis.subcommand(budget, 'XGROUP', 'DELCONSUMER', key, group, consumer);
  }

  private async createGroup(lane: Lane, group: string): Promise<Outcome<unknown>> {
    const key = this.streamKey(lane, group);
    const args = [group, '0', 'MKSTREAM'];
    const outcome = await this.redis.subcommand(new RedisBudget(budgetMs), 'XGROUP', 'CREATE', key, ...args);
    if (outcome.status !== 'error') return outcome;
    const { code } = outcome.fault;
    // A full server rejects the command even if the group exists.
    const exists = code === 'BUSYGROUP' || (code === 'OOM' && (await this.hasGroup(key, group)));
    return exists ? ok(undefined) : outcome;
  }

  private async hasGroup(key: string, group: string): Promise<boolean> {
    const outcome = await this.redis.subcommand(new RedisBudget(budgetMs), 'XINFO', 'GROUPS', key);
    if (outcome.status !== 'ok') return false;
    return (outcome.value as unknown[][]).some(
      (fields) => String(new Map(pairsOf(fields)).get('name')) === group,
    );
  }

  private streamKey(lane: Lane, group: string): string {
    return lane === 'events' ? this.key() : this.key('replays', group);
  }

  private recordsKey(lane: Lane, group: string): string {
    return this.key(lane === 'events' ? 'failures' : 'replay-failures', group);
  }

  private key(...parts: string[]): string {
    return this.redis.keys.key(shared('transcription_events'), ...parts);
  }
}

/** For scripts that delete replays after acknowledging them. */
const replaysFlag = (lane: Lane): string => (lane === 'replays' ? '1' : '0');
