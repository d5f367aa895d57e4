import { Injectable } from '@nestjs/common';
import {
  InjectRedis,
  type LeasedConnection,
  loadScript,
  ok,
  type Outcome,
  pairsOf,
  RedisBudget,
  RedisClient,
  shared,
} from '@app/redis';
import { type StreamEvent, toEvent } from './event.js';
import { toFieldMap } from './stream-entry.js';
import { deadLetterFragment } from './fragments.js';

const claim = loadScript('claim-2', new URL('./scripts/claim-2.lua', import.meta.url));
const startAttempt = loadScript('start-attempt-2', new URL('./scripts/start-attempt-2.lua', import.meta.url));
const acknowledge = loadScript('acknowledge-3', new URL('./scripts/acknowledge-3.lua', import.meta.url), {
  'note-dead-letter': deadLetterFragment,
});
const deadLetter = loadScript('dead-letter-4', new URL('./scripts/dead-letter-4.lua', import.meta.url), {
  'note-dead-letter': deadLetterFragment,
});

/** Where a group's entries come from: the stream of all groups, or what was replayed for this group alone. */
export type Lane = 'events' | 'replays';
export const lanes: readonly Lane[] = ['events', 'replays'];

export interface EntryRef {
  readonly lane: Lane;
  /** In its stream. A replayed event has its own id besides. */
  readonly id: string;
}

export interface TakenEntry {
  readonly ref: EntryRef;
  readonly event: StreamEvent;
}

/** What is known about the attempts of an entry. */
export interface AttemptRecord {
  readonly attempts: number;
  readonly state: 'started' | 'failed' | 'waiting';
  readonly reason: string;
}

export interface ClaimedEntry {
  readonly ref: EntryRef;
  readonly record: AttemptRecord | undefined;
  /** False where it was trimmed from the stream. */
  readonly exists: boolean;
}

/** No request waits for consumers, so they can wait for a busy server. */
const budgetMs = 2_000;
/** Beyond what a blocking read waits. A reply may hold megabytes. */
const replyMarginMs = 5_000;
const entryTimeoutMs = 10_000;
const maxDeadLetters = 10_000;
const maxReasonLength = 500;

/** The consumer groups of `{env}:transcription_events` and of each group's own `…:replays:{group}`. */
@Injectable()
export class GroupsRepository {
  constructor(@InjectRedis('sessions') private readonly redis: RedisClient) {
    for (const each of [claim, startAttempt, acknowledge, deadLetter]) redis.register(each);
  }

  /** Lends a connection for blocking reads. @throws PoolExhaustedError, RedisUnavailableError */
  withReader<T>(use: (reader: LeasedConnection) => Promise<T>): Promise<T> {
    return this.redis.lease({ waitMs: 1_000, blocking: true, key: this.streamKey('events', '') }, use);
  }

  /**
   * XGROUP CREATE … MKSTREAM from the beginning, for both lanes; what exists stays as it is. Returns the lanes that can
   * be read: a full server has no room for a stream of replays, and its events are consumed all the same.
   */
  async open(group: string): Promise<Outcome<Lane[]>> {
    const [events, replays] = await Promise.all(lanes.map((lane) => this.createGroup(lane, group)));
    if (events?.status !== 'ok') return events as Outcome<never>;
    return ok(replays?.status === 'ok' ? [...lanes] : ['events']);
  }

  /** XREADGROUP: takes entries that were not delivered to the group yet. Returns `no-group` if the stream was deleted. */
  async take(
    reader: LeasedConnection,
    from: { readonly group: string; readonly consumer: string; readonly lanes: readonly Lane[] },
    count: number,
    blockMs: number,
  ): Promise<Outcome<TakenEntry[] | 'no-group'>> {
    const byKey = new Map(from.lanes.map((lane) => [this.streamKey(lane, from.group), lane]));
    const group = ['GROUP', from.group, from.consumer, 'COUNT', count, 'BLOCK', blockMs];
    const streams = ['STREAMS', ...byKey.keys(), ...from.lanes.map(() => '>')];
    const outcome = await reader.command(blockMs + replyMarginMs, 'XREADGROUP', ...group, ...streams);
    if (outcome.status === 'error' && outcome.fault.code === 'NOGROUP') return ok('no-group');
    if (outcome.status !== 'ok') return outcome;
    // Nil when nothing came in time.
    const entries = pairsOf((outcome.value ?? []) as unknown[]).flatMap(([key, replies]) =>
      toTaken(byKey.get(key) as Lane, replies),
    );
    return ok(entries);
  }

  /** XRANGE of one entry, on the reader's own connection: it may hold megabytes. A miss if it was trimmed. */
  async read(reader: LeasedConnection, group: string, { lane, id }: EntryRef): Promise<Outcome<TakenEntry>> {
    const outcome = await reader.command(entryTimeoutMs, 'XRANGE', this.streamKey(lane, group), id, id);
    if (outcome.status !== 'ok') return outcome;
    const [entry] = toTaken(lane, outcome.value);
    return entry ? ok(entry) : { status: 'miss' };
  }

  /** Takes over what other consumers have not acknowledged for `idleMs`. Counts nothing, and reads no event. */
  async claim(
    lane: Lane,
    group: string,
    consumer: string,
    idleMs: number,
    count: number,
  ): Promise<Outcome<ClaimedEntry[]>> {
    const outcome = await this.redis.run(new RedisBudget(budgetMs), claim, {
      keys: [this.streamKey(lane, group), this.recordsKey(lane, group)],
      args: [group, consumer, idleMs, count],
    });
    if (outcome.status !== 'ok') return outcome;
    const flat = outcome.value as [Buffer, Buffer, number];
    return ok(
      Array.from({ length: flat.length / 3 }, (_, index) => ({
        ref: { lane, id: String(flat[3 * index]) },
        record: toRecord(String(flat[3 * index + 1])),
        exists: flat[3 * index + 2] === 1,
      })),
    );
  }

  /** Records an attempt by its number, right before the handler is called. Returns false if another consumer owns the entry by now. */
  async startAttempt(
    group: string,
    consumer: string,
    { lane, id }: EntryRef,
    attempt: number,
  ): Promise<Outcome<boolean>> {
    const outcome = await this.redis.run(new RedisBudget(budgetMs), startAttempt, {
      keys: [this.streamKey(lane, group), this.recordsKey(lane, group)],
      args: [group, consumer, id, attempt],
    });
    return outcome.status === 'ok' ? ok(outcome.value === 1) : outcome;
  }

  /** HSET: how an attempt ended, for the next owner. Best effort, since the current owner has it in memory. */
  async record(
    group: string,
    { lane, id }: EntryRef,
    { attempts, state, reason }: AttemptRecord,
  ): Promise<void> {
    const value = `${attempts} ${state} ${reason.slice(0, maxReasonLength)}`;
    await this.redis.command(new RedisBudget(budgetMs), 'HSET', this.recordsKey(lane, group), id, value);
  }

  /** XACK, and deletes the entry's record. Returns false if Redis did not confirm it. */
  async acknowledge(lane: Lane, group: string, ids: readonly string[]): Promise<boolean> {
    const outcome = await this.redis.run(new RedisBudget(budgetMs), acknowledge, {
      keys: [this.streamKey(lane, group), this.recordsKey(lane, group), this.key('completions')],
      args: [group, ownFlag(lane), ...ids],
    });
    return outcome.status === 'ok';
  }

  /** Moves an entry to the dead letters. False where it was acknowledged before; a miss where it was trimmed. */
  async moveToDeadLetters(
    group: string,
    { lane, id }: EntryRef,
    { attempts, reason }: { readonly attempts: number; readonly reason: string },
  ): Promise<Outcome<boolean>> {
    const outcome = await this.redis.run(new RedisBudget(budgetMs), deadLetter, {
      keys: [
        this.streamKey(lane, group),
        this.key('dead'),
        this.recordsKey(lane, group),
        this.key('completions'),
      ],
      args: [group, ownFlag(lane), id, attempts, reason.slice(0, maxReasonLength), maxDeadLetters],
    });
    if (outcome.status !== 'ok') return outcome;
    return outcome.value === -1 ? { status: 'miss' } : ok(outcome.value === 1);
  }

  /** XCLAIM … IDLE: lets other consumers take these entries over at once. */
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

  /** XGROUP DELCONSUMER. Only if nothing is pending, since Redis would drop pending entries. */
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
    // A full server refuses the command even if the group exists.
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

/** Entries of a lane that belongs to one group are deleted when they are done. */
const ownFlag = (lane: Lane): string => (lane === 'replays' ? '1' : '0');

function toTaken(lane: Lane, reply: unknown): TakenEntry[] {
  return (reply as [Buffer, Buffer[]][]).map(([entryId, fields]) => {
    const id = String(entryId);
    // Consumers know an event that comes again by its id.
    const originalId = String(fields[0]) === 'replay_of' ? String(fields[1]) : id;
    return { ref: { lane, id }, event: toEvent(originalId, toFieldMap(fields)) };
  });
}

function toRecord(text: string): AttemptRecord | undefined {
  const match = /^(\d+) (started|failed|waiting) ?([^]*)$/.exec(text);
  if (!match) return undefined;
  const [, attempts, state, reason = ''] = match;
  return { attempts: Number(attempts), state: state as AttemptRecord['state'], reason };
}
