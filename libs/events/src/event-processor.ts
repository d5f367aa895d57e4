import type { Logger } from '@nestjs/common';
import type { LeasedConnection, Outcome } from '@app/redis';
import type { EventType } from './event.js';
import { backoffMs, type BackoffOptions, type Downstream } from './downstream.js';
import {
  EventRejectedError,
  type EventHandler,
  type RetryLaterError,
  toRetryLater,
} from './event-handler.js';
import {
  type EntryRef,
  type GroupsRepository,
  type Lane,
  lanes,
  type TakenEntry,
} from './groups.repository.js';
import { type HeldEntries, type HeldEntry, untried } from './held-entries.js';

/** How events end: `waiting` counts tries while the downstream is at fault, `missing` entries that were trimmed. */
export type ConsumerOutcome = 'handled' | 'skipped' | 'failed' | 'waiting' | 'dead-letter' | 'missing';

export interface ConsumerListener {
  handled(group: string, outcome: ConsumerOutcome, count: number): void;
}

export interface ProcessorContext {
  readonly repository: GroupsRepository;
  readonly handler: EventHandler;
  readonly listener: ConsumerListener;
  readonly logger: Logger;
  readonly consumer: string;
  readonly downstream: Downstream;
  readonly held: HeldEntries;
  readonly signal: AbortSignal;
  /** Counted attempts after which an event is set aside. */
  readonly maxAttempts: number;
  readonly concurrency: number;
  /** Between counted attempts of an event. */
  readonly attemptIntervalMs: number;
  readonly backoff: BackoffOptions;
}

const interrupted = 'the worker ended while it handled this event';
/** Completions that the stream drops are published again. */
const republishedType: EventType = 'transcript_completed';
/** After a call to Redis without an answer. */
const retryCallMs = 500;

/** Calls the handler, and leaves every entry acknowledged, dead-lettered or held for another attempt. */
export class EventProcessor {
  constructor(private readonly context: ProcessorContext) {}

  /** Handles entries that were delivered for the first time; holds what is left when the downstream fails. */
  async handleNew(entries: readonly TakenEntry[]): Promise<void> {
    const wanted = await this.skipUnwanted(entries);
    const { held, signal, downstream } = this.context;
    await this.each(wanted, async (entry) => {
      if (signal.aborted || downstream.waiting) held.put(untried(entry.ref));
      else await this.attempt(entry, untried(entry.ref));
    });
  }

  /** Tries a failing downstream with one of these new entries, and holds the others. False where none was wanted. */
  async probeWithNew(entries: readonly TakenEntry[]): Promise<boolean> {
    const [first, ...others] = await this.skipUnwanted(entries);
    for (const { ref } of others) this.context.held.put(untried(ref));
    if (first) await this.attempt(first, untried(first.ref));
    return first !== undefined;
  }

  /**
   * Continues with held entries. An event that a worker did not survive is handled alone, so that it cannot affect others.
   *
   * @throws Error when the reader did not reply
   */
  async retry(reader: LeasedConnection, entries: readonly HeldEntry[]): Promise<void> {
    const { signal, downstream } = this.context;
    const canContinue = (entry: HeldEntry): boolean =>
      !signal.aborted && (entry.next !== 'handle' || !downstream.waiting);
    const faults: string[] = [];
    const run = async (entry: HeldEntry): Promise<void> => {
      const fault = canContinue(entry) && faults.length === 0 ? await this.advance(reader, entry) : undefined;
      if (fault) faults.push(fault);
    };
    await this.each(
      entries.filter(({ wasInterrupted }) => !wasInterrupted),
      run,
    );
    for (const entry of entries) if (entry.wasInterrupted) await run(entry);
    if (faults[0]) throw new Error(faults[0]);
  }

  /** Tries a failing downstream with a held entry. @throws Error when the reader did not reply */
  async probeWith(reader: LeasedConnection, entry: HeldEntry): Promise<void> {
    const fault = await this.advance(reader, entry);
    if (fault) throw new Error(fault);
  }

  /** Returns why the reader cannot be used any more, if so. */
  private async advance(reader: LeasedConnection, entry: HeldEntry): Promise<string | undefined> {
    switch (entry.next) {
      case 'acknowledge':
        await this.acknowledge(entry);
        return undefined;
      case 'dead-letter':
        await this.moveToDeadLetters(entry);
        return undefined;
      case 'handle':
        return this.readAndAttempt(reader, entry);
    }
  }

  private async readAndAttempt(reader: LeasedConnection, entry: HeldEntry): Promise<string | undefined> {
    const { repository, handler, consumer, held } = this.context;
    const { group } = handler;
    const { ref } = entry;
    const read = await repository.read(reader, group, ref);
    if (read.status === 'miss') {
      this.missing(ref);
      if (await repository.acknowledge(ref.lane, group, [ref.id])) held.delete(ref);
      return undefined;
    }
    if (read.status !== 'ok') return `reading an event: ${faultOf(read)}`;
    const [wanted] = await this.skipUnwanted([read.value]);
    if (!wanted) {
      held.delete(ref);
      return undefined;
    }
    const started = await repository.startAttempt(group, consumer, ref, entry.attempts + 1);
    if (started.status !== 'ok') return `recording an attempt: ${faultOf(started)}`;
    // Another consumer has taken it over.
    if (!started.value) held.delete(ref);
    else await this.attempt(wanted, { ...entry, isRecorded: true });
    return undefined;
  }

  private async attempt({ ref, event }: TakenEntry, entry: HeldEntry): Promise<void> {
    const { handler, signal, downstream, held, listener, logger, maxAttempts } = this.context;
    const { group } = handler;
    try {
      await handler.handle(event, signal);
    } catch (error) {
      const retryLater = toRetryLater(error);
      if (signal.aborted) return this.hold(entry, 0);
      if (retryLater) return this.waitForDownstream(entry, retryLater);
      const attempts = entry.attempts + 1;
      const reason = error instanceof Error ? error.message : String(error);
      const inLog = error instanceof EventRejectedError ? `refused with ${error.code}` : reason;
      listener.handled(group, 'failed', 1);
      logger.warn(`Event ${event.id} failed (attempt ${attempts} of ${maxAttempts}): ${inLog}`);
      // The downstream answered.
      downstream.succeeded();
      const failed: HeldEntry = {
        ...entry,
        attempts,
        reason,
        isRecorded: true,
        wasInterrupted: false,
        waits: 0,
      };
      if (attempts >= maxAttempts) return this.moveToDeadLetters({ ...failed, next: 'dead-letter' });
      await this.context.repository.record(group, ref, { attempts, state: 'failed', reason });
      return this.hold(failed, this.context.attemptIntervalMs);
    }
    downstream.succeeded();
    listener.handled(group, 'handled', 1);
    held.delete(ref);
    await this.acknowledge({ ...entry, next: 'acknowledge' });
  }

  private async waitForDownstream(entry: HeldEntry, error: RetryLaterError): Promise<void> {
    const { repository, handler, downstream, listener, backoff } = this.context;
    downstream.failed(error);
    listener.handled(handler.group, 'waiting', 1);
    const { attempts, reason, isRecorded, ref } = entry;
    // What was recorded when the attempt started does not count after all.
    if (isRecorded) await repository.record(handler.group, ref, { attempts, state: 'waiting', reason });
    const waits = entry.waits + 1;
    this.hold({ ...entry, waits, wasInterrupted: false }, backoffMs(backoff, waits));
  }

  private hold(entry: HeldEntry, pauseMs: number): void {
    this.context.held.put({ ...entry, notBeforeMs: performance.now() + pauseMs });
  }

  /** If Redis does not confirm it, the entry is acknowledged again later instead of handled again. */
  private async acknowledge(entry: HeldEntry): Promise<void> {
    const { repository, handler, held } = this.context;
    const { lane, id } = entry.ref;
    if (await repository.acknowledge(lane, handler.group, [id])) held.delete(entry.ref);
    else this.hold(entry, retryCallMs);
  }

  private async moveToDeadLetters(entry: HeldEntry): Promise<void> {
    const { repository, handler, held, listener, logger } = this.context;
    const { ref, attempts } = entry;
    const reason = entry.reason || interrupted;
    const outcome = await repository.moveToDeadLetters(handler.group, ref, { attempts, reason });
    if (outcome.status === 'miss') this.missing(ref);
    else if (outcome.status !== 'ok') return this.hold(entry, this.context.attemptIntervalMs);
    else if (outcome.value) {
      listener.handled(handler.group, 'dead-letter', 1);
      logger.error(`Event ${ref.id} failed ${attempts} times and is now a dead letter`);
    }
    held.delete(ref);
  }

  /** Counts an entry that was trimmed before it was handled. A completion is published again; any other event is lost. */
  missing({ lane, id }: EntryRef): void {
    const { handler, listener, logger } = this.context;
    listener.handled(handler.group, 'missing', 1);
    const message = `Event ${id} was trimmed from the stream before it was handled`;
    // The event's type is unknown by now.
    const isRepublished = lane === 'events' && handler.types?.every((type) => type === republishedType);
    if (isRepublished) logger.warn(`${message}; a completion is published again`);
    else logger.error(message);
  }

  /** Acknowledges events of other types; returns the rest. */
  private async skipUnwanted(entries: readonly TakenEntry[]): Promise<TakenEntry[]> {
    const { repository, handler, held, listener } = this.context;
    const { group, types } = handler;
    const isWanted = ({ event }: TakenEntry): boolean => !types || types.includes(event.type);
    for (const lane of lanes) {
      const skipped = entries.filter((entry) => entry.ref.lane === lane && !isWanted(entry));
      if (skipped.length === 0) continue;
      listener.handled(group, 'skipped', skipped.length);
      if (await this.acknowledgeAll(repository, lane, skipped)) continue;
      for (const { ref } of skipped) held.put({ ...untried(ref), next: 'acknowledge' });
    }
    return entries.filter(isWanted);
  }

  private acknowledgeAll(
    repository: GroupsRepository,
    lane: Lane,
    entries: readonly TakenEntry[],
  ): Promise<boolean> {
    return repository.acknowledge(
      lane,
      this.context.handler.group,
      entries.map(({ ref }) => ref.id),
    );
  }

  private async each<T>(items: readonly T[], work: (item: T) => Promise<void>): Promise<void> {
    const queue = [...items];
    const run = async (): Promise<void> => {
      for (let item = queue.shift(); item !== undefined; item = queue.shift()) await work(item);
    };
    await Promise.all(Array.from({ length: Math.min(this.context.concurrency, queue.length) }, run));
  }
}

const faultOf = (outcome: Outcome<unknown>): string =>
  'fault' in outcome ? outcome.fault.code : 'no answer in time';
