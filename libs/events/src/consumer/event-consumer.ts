import { randomUUID } from 'node:crypto';
import { hostname } from 'node:os';
import { Logger } from '@nestjs/common';
import type { LeasedConnection, Outcome } from '@app/redis';
import { pause } from '../pause.js';
import { AbandonedEntries } from './abandoned-entries.js';
import { CauseLog } from './cause-log.js';
import { type ConsumerOptions, defaultConsumerOptions } from './consumer-options.js';
import type { ConsumerState } from './consumer-state.js';
import { Downstream } from './downstream.js';
import type { EventHandler } from './event-handler.js';
import { EventProcessor } from './event-processor.js';
import { faultOf } from './fault-of.js';
import { type Lane, lanes as allLanes, type TakenEntry } from './group-entries.js';
import type { GroupsRepository } from './groups.repository.js';
import { HeldEntries } from './held-entries.js';
import type { ConsumerListener, ProcessorContext } from './processor-context.js';

const blockMs = 2_000;
const pauseAfterFailureMs = 500;
/** Maximum number of entries per read, as a multiple of the concurrency. More would only wait in this process. */
const entriesPerSlot = 2;
/** Maximum number of entries that a consumer holds. Other consumers can take over the rest. */
const maxHeld = 64;

/**
 * A member of a consumer group. It reads new events, acknowledges them after they were handled, and takes over events that
 * other consumers did not finish. While the downstream fails, it tries one event at a time, with backoff.
 */
export class EventConsumer {
  readonly name = `${hostname()}-${process.pid}-${randomUUID().slice(0, 8)}`;
  private readonly options: ConsumerOptions;
  private readonly logger: Logger;
  private readonly downstream: Downstream;
  private readonly held = new HeldEntries();
  private readonly processor: EventProcessor;
  private readonly abandoned: AbandonedEntries;
  private readonly stopping = new AbortController();
  private running: Promise<void> | undefined;
  private reading: ConsumerState['reading'];
  private readonly readingCauses = new CauseLog();
  private probesHeld = false;
  /** Entries per read. It is reduced if a reply does not arrive in time, because the events may be large. */
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
    const context: ProcessorContext = {
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
    };
    this.processor = new EventProcessor(context);
    this.abandoned = new AbandonedEntries(context, this.processor);
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

  /** Waits for the events in progress, releases the held ones, and leaves the group if nothing is pending. */
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
        await pause(pauseAfterFailureMs, signal);
      }
    }
  }

  /** Consumes until the group has to be opened again. @throws Error if Redis did not reply */
  private async consume(reader: LeasedConnection, lanes: readonly Lane[]): Promise<void> {
    const { signal } = this.stopping;
    const openedMs = performance.now();
    const isComplete = lanes.length === allLanes.length;
    while (!signal.aborted) {
      // Opening the group again may add the stream of replays, for which a full server had no room.
      if (!isComplete && performance.now() - openedMs > this.options.claimIdleMs) return;
      await this.abandoned.takeOver(lanes, maxHeld);
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
      this.reading = undefined;
    }
  }

  /** Takes new entries. Returns undefined if a stream was deleted. @throws Error if Redis did not reply */
  private async take(
    reader: LeasedConnection,
    lanes: readonly Lane[],
    count: number,
    maxBlockMs: number,
  ): Promise<TakenEntry[] | undefined> {
    const from = { group: this.handler.group, consumer: this.name, lanes };
    const outcome = await this.repository.take(reader, from, count, maxBlockMs);
    this.batch = outcome.status === 'ok' ? Math.min(2 * this.batch, this.maxBatch) : 1;
    const entries = valueOf(outcome, 'reading the stream');
    return entries === 'no-group' ? undefined : entries;
  }

  private get blockMs(): number {
    const untilDueMs = (this.held.nextDueMs ?? Infinity) - performance.now();
    return Math.max(1, Math.floor(Math.min(blockMs, this.options.claimIdleMs, untilDueMs)));
  }

  /**
   * Tries the downstream with one event, alternately a new one and the held one that was tried least recently, so that a
   * single event cannot block the group. Returns false if a stream was deleted.
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

  private readingFailed(error: Error): void {
    if (this.stopping.signal.aborted) return;
    const cause = error.message;
    if (this.readingCauses.isDue(cause)) this.logger.warn(`Events cannot be read: ${cause}`);
    this.reading = { cause, since: this.reading?.since ?? new Date() };
  }
}

/** Returns the value. @throws Error with the action and the fault */
function valueOf<T>(outcome: Outcome<T>, action: string): T {
  if (outcome.status === 'ok') return outcome.value;
  throw new Error(`${action}: ${faultOf(outcome)}`);
}
