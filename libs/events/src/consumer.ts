import { randomUUID } from 'node:crypto';
import { hostname } from 'node:os';
import { setTimeout as delay } from 'node:timers/promises';
import { Logger } from '@nestjs/common';
import type { LeasedConnection, Outcome } from '@app/redis';
import { CauseLog } from './cause-log.js';
import { Downstream, type Waiting } from './downstream.js';
import type { EventHandler } from './event-handler.js';
import { type ConsumerListener, EventProcessor } from './event-processor.js';
import {
  type ClaimedEntry,
  type GroupsRepository,
  type Lane,
  lanes as allLanes,
} from './groups.repository.js';
import { HeldEntries, untried } from './held-entries.js';

export interface ConsumerOptions {
  /** An entry that was not acknowledged for this long is taken over; also the interval between attempts of an event. */
  readonly claimIdleMs: number;
  /** Maximum number of counted attempts, after which an event becomes a dead letter. */
  readonly attempts: number;
  /** Events that are handled at once. */
  readonly concurrency: number;
  /** First pause after the downstream failed; doubles with each failure. */
  readonly minRetryMs: number;
  readonly maxRetryMs: number;
}

export const defaultConsumerOptions: ConsumerOptions = {
  claimIdleMs: 30_000,
  attempts: 5,
  concurrency: 8,
  minRetryMs: 1_000,
  maxRetryMs: 30_000,
};

/** State of a consumer. */
export interface ConsumerState {
  readonly group: string;
  /** Why the downstream cannot be used; undefined while it works. */
  readonly downstream: Waiting | undefined;
  /** Why the stream cannot be read; undefined while it can. */
  readonly reading: { readonly cause: string; readonly since: Date } | undefined;
  /** Events that this consumer owns and has not finished. */
  readonly held: number;
}

const blockMs = 2_000;
const pauseAfterFailureMs = 500;
/** Entries taken per concurrent event. More would only wait here and seem abandoned. */
const entriesPerSlot = 2;
/** Few enough to be tried in turn, and to be handed over when the worker stops. */
const maxHeld = 64;

/**
 * One member of a consumer group: takes new events, acknowledges them once they are handled, and takes over what other
 * consumers did not finish. While the downstream fails, it tries one event at a time, with backoff.
 */
export class EventConsumer {
  readonly name = `${hostname()}-${process.pid}-${randomUUID().slice(0, 8)}`;
  private readonly options: ConsumerOptions;
  private readonly logger: Logger;
  private readonly downstream: Downstream;
  private readonly held = new HeldEntries();
  private readonly processor: EventProcessor;
  private readonly stopping = new AbortController();
  private running: Promise<void> | undefined;
  private reading: ConsumerState['reading'];
  private readonly readingCauses = new CauseLog();
  private claimedMs = -Infinity;
  private probesHeld = false;
  /** Entries per read: fewer after a reply that did not arrive in time, so that large events get through. */
  private batch: number;

  constructor(
    private readonly repository: GroupsRepository,
    private readonly handler: EventHandler,
    listener: ConsumerListener,
    options: Partial<ConsumerOptions> = {},
  ) {
    this.options = { ...defaultConsumerOptions, ...options };
    const { attempts, claimIdleMs, concurrency, minRetryMs, maxRetryMs } = this.options;
    const backoff = { minMs: minRetryMs, maxMs: maxRetryMs };
    this.logger = new Logger(`Consumer ${handler.group}`);
    this.downstream = new Downstream(this.logger, backoff);
    this.batch = this.maxBatch;
    this.processor = new EventProcessor({
      repository,
      handler,
      listener,
      logger: this.logger,
      consumer: this.name,
      downstream: this.downstream,
      held: this.held,
      signal: this.stopping.signal,
      maxAttempts: attempts,
      concurrency,
      attemptIntervalMs: claimIdleMs,
      backoff,
    });
  }

  get state(): ConsumerState {
    return {
      group: this.handler.group,
      downstream: this.downstream.waiting,
      reading: this.reading,
      held: this.held.size,
    };
  }

  start(): void {
    this.running ??= this.run();
  }

  /** Finishes the events in progress, releases the others, and leaves the group if nothing is pending. */
  async stop(): Promise<void> {
    this.stopping.abort(new Error('The worker is stopping'));
    await this.running;
    const { group } = this.handler;
    for (const lane of allLanes) {
      const ids = this.held.all.filter(({ ref }) => ref.lane === lane).map(({ ref }) => ref.id);
      if (ids.length > 0)
        await this.repository.release(lane, group, this.name, ids, this.options.claimIdleMs);
      await this.repository.leave(lane, group, this.name);
    }
  }

  private get maxBatch(): number {
    return entriesPerSlot * this.options.concurrency;
  }

  private async run(): Promise<void> {
    const { signal } = this.stopping;
    while (!signal.aborted) {
      try {
        const lanes = valueOf(await this.repository.open(this.handler.group), 'opening the group');
        await this.repository.withReader((reader) => this.consume(reader, lanes));
      } catch (error) {
        this.readingFailed(error as Error);
        await delay(pauseAfterFailureMs, undefined, { signal }).catch(() => undefined);
      }
    }
  }

  /** Runs until the group has to be made again. @throws Error when Redis did not reply */
  private async consume(reader: LeasedConnection, lanes: readonly Lane[]): Promise<void> {
    const { signal } = this.stopping;
    const openedMs = performance.now();
    const isComplete = lanes.length === allLanes.length;
    while (!signal.aborted) {
      // A server that was full may have room for the stream of replays by now.
      if (!isComplete && performance.now() - openedMs > this.options.claimIdleMs) return;
      await this.takeOver(lanes);
      const { waiting } = this.downstream;
      const due = this.held
        .due(performance.now(), this.maxBatch)
        .filter(({ next }) => !waiting || next !== 'handle');
      if (due.length > 0) {
        await this.processor.retry(reader, due);
      } else if (waiting) {
        await this.downstream.wait(signal);
        if (signal.aborted || !(await this.probe(reader, lanes))) return;
      } else {
        const entries = await this.take(reader, lanes, this.batch, this.blockMs);
        if (!entries) return;
        await this.processor.handleNew(entries);
      }
      this.readingWorks();
    }
  }

  /** Takes new entries; undefined where a stream was deleted. @throws Error when Redis did not reply */
  private async take(reader: LeasedConnection, lanes: readonly Lane[], count: number, blocksMs: number) {
    const from = { group: this.handler.group, consumer: this.name, lanes };
    const outcome = await this.repository.take(reader, from, count, blocksMs);
    this.batch = outcome.status === 'ok' ? Math.min(2 * this.batch, this.maxBatch) : 1;
    const entries = valueOf(outcome, 'reading the stream');
    return entries === 'no-group' ? undefined : entries;
  }

  private get blockMs(): number {
    const untilDueMs = (this.held.nextDueMs ?? Infinity) - performance.now();
    return Math.max(1, Math.floor(Math.min(blockMs, this.options.claimIdleMs, untilDueMs)));
  }

  /**
   * Tries the downstream with one event: alternately the held one that was tried least recently and a new one, so that no
   * single event blocks the group. Returns false if a stream was deleted.
   */
  private async probe(reader: LeasedConnection, lanes: readonly Lane[]): Promise<boolean> {
    this.probesHeld = !this.probesHeld;
    const { oldest } = this.held;
    if (!oldest || (!this.probesHeld && this.held.size < maxHeld)) {
      const entries = await this.take(reader, lanes, 1, oldest ? 1 : this.blockMs);
      if (!entries) return false;
      if ((await this.processor.probeWithNew(entries)) || entries.length > 0) return true;
      if (!oldest) this.downstream.reset();
    }
    if (oldest) await this.processor.probeWith(reader, oldest);
    return true;
  }

  /** Takes over what a consumer has had for too long: it died, or its reply was lost. */
  private async takeOver(lanes: readonly Lane[]): Promise<void> {
    const { claimIdleMs } = this.options;
    if (performance.now() - this.claimedMs < claimIdleMs / 4) return;
    this.claimedMs = performance.now();
    for (const lane of lanes) {
      const room = maxHeld - this.held.size;
      if (room <= 0 || this.stopping.signal.aborted) return;
      const claimed = await this.repository.claim(lane, this.handler.group, this.name, claimIdleMs, room);
      // Redis did not reply, or the group is gone: the next read finds out.
      if (claimed.status !== 'ok') return;
      for (const entry of claimed.value) this.adopt(entry);
    }
  }

  private adopt({ ref, record, exists }: ClaimedEntry): void {
    if (!exists) return this.processor.missing(ref);
    if (this.held.has(ref)) return;
    const { attempts = 0, state, reason = '' } = record ?? {};
    const wasInterrupted = state === 'started';
    const next = attempts >= this.options.attempts ? 'dead-letter' : 'handle';
    const isRecorded = record !== undefined;
    this.held.put({ ...untried(ref), attempts, reason, wasInterrupted, isRecorded, next });
  }

  private readingFailed(error: Error): void {
    if (this.stopping.signal.aborted) return;
    const cause = error.message;
    if (this.readingCauses.isDue(cause)) this.logger.warn(`Events cannot be read: ${cause}`);
    this.reading = { cause, since: this.reading?.since ?? new Date() };
  }

  private readingWorks(): void {
    this.reading = undefined;
  }
}

/** @throws Error naming what was tried and the fault */
function valueOf<T>(outcome: Outcome<T>, what: string): T {
  if (outcome.status === 'ok') return outcome.value;
  throw new Error(`${what}: ${'fault' in outcome ? outcome.fault.code : 'no answer in time'}`);
}
