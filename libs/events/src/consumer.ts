import { randomUUID } from 'node:crypto';
import { hostname } from 'node:os';
import { setTimeout as delay } from 'node:timers/promises';
import { Logger } from '@nestjs/common';
import type { LeasedConnection } from '@app/redis';
import type { EventsRepository, PendingEntry } from './events.repository.js';
import type { StreamEvent } from './event.js';

/** Thrown by a handler when the downstream is at fault and not the event: it is tried again for as long as it takes. */
export class RetryLaterError extends Error {
  constructor(message: string, options: { cause?: unknown } = {}) {
    super(message, options);
    this.name = RetryLaterError.name;
  }
}

/** Handles events for a downstream. */
export interface EventHandler {
  /** Also the consumer group: each group gets every event. */
  readonly group: string;
  /** Other events are acknowledged unseen; all are handled where this is left out. */
  readonly types?: readonly string[];
  /**
   * Handles one event. Called at least once for each: make it harmless to be called again, by the event's id. What
   * throws is tried again, and put aside after `attempts` deliveries; a RetryLaterError does not count.
   */
  handle(event: StreamEvent, signal: AbortSignal): Promise<void>;
}

export interface ConsumerOptions {
  /** An entry that was not acknowledged for so long is taken over. */
  readonly claimIdleMs: number;
  /** Deliveries after which an entry is put aside. */
  readonly attempts: number;
  /** Events that are handled at once. */
  readonly concurrency: number;
}

export const defaultConsumerOptions: ConsumerOptions = { claimIdleMs: 30_000, attempts: 5, concurrency: 8 };

export interface ConsumerListener {
  handled(group: string, outcome: 'handled' | 'skipped' | 'failed' | 'dead-letter', count: number): void;
}

const blockMs = 2_000;
const pauseAfterFailureMs = 500;
/** For each that is handled at once: more would only wait here, and seem forgotten. */
const entriesPerSlot = 2;
const entriesPerClaim = 32;

/**
 * One member of a consumer group: takes new events, acknowledges them when they were handled, and now and then takes over
 * what others (or it itself) did not finish.
 */
export class EventConsumer {
  readonly name = `${hostname()}-${process.pid}-${randomUUID().slice(0, 8)}`;
  private readonly logger: Logger;
  private readonly stopping = new AbortController();
  private running: Promise<void> | undefined;
  private claimedMs = 0;

  constructor(
    private readonly repository: EventsRepository,
    private readonly handler: EventHandler,
    private readonly listener: ConsumerListener,
    private readonly options: ConsumerOptions = defaultConsumerOptions,
  ) {
    this.logger = new Logger(`Consumer ${handler.group}`);
  }

  start(): void {
    this.running ??= this.run();
  }

  /** Finishes what is being handled, and leaves the group where nothing of it is left. */
  async stop(): Promise<void> {
    this.stopping.abort(new Error('The worker is stopping'));
    await this.running;
    await this.repository.leave(this.handler.group, this.name);
  }

  private async run(): Promise<void> {
    const { signal } = this.stopping;
    while (!signal.aborted) {
      try {
        if (!(await this.repository.createGroup(this.handler.group))) await this.pause();
        else await this.repository.withReader((reader) => this.consume(reader));
      } catch (error) {
        this.logger.debug(`Reading failed: ${(error as Error).message}`);
        await this.pause();
      }
    }
  }

  /** Until the reader fails, or the group has to be made anew. */
  private async consume(reader: LeasedConnection): Promise<void> {
    const { group } = this.handler;
    while (!this.stopping.signal.aborted) {
      await this.takeOver();
      const events = await this.repository.take(
        reader,
        group,
        this.name,
        entriesPerSlot * this.options.concurrency,
        this.blockMs,
      );
      if (events === undefined) await this.pause();
      if (events === undefined || events === 'no-group') return;
      await this.handleAll(events, false);
    }
  }

  private get blockMs(): number {
    return Math.min(blockMs, this.options.claimIdleMs);
  }

  /** What somebody has had for too long: it died, or failed. */
  private async takeOver(): Promise<void> {
    const { claimIdleMs, attempts } = this.options;
    if (performance.now() - this.claimedMs < claimIdleMs / 4) return;
    this.claimedMs = performance.now();
    const { group } = this.handler;
    for (;;) {
      const pending = await this.repository.pending(group, claimIdleMs, entriesPerClaim);
      if (!pending || pending.length === 0 || this.stopping.signal.aborted) return;
      for (const entry of pending) if (entry.deliveries >= attempts) await this.putAside(entry);
      const ids = pending.filter(({ deliveries }) => deliveries < attempts).map(({ id }) => id);
      if (ids.length > 0) {
        const claimed = await this.repository.claim(group, this.name, claimIdleMs, ids);
        if (!claimed) return;
        await this.handleAll(claimed, true);
      }
      if (pending.length < entriesPerClaim) return;
    }
  }

  private async putAside(entry: PendingEntry): Promise<void> {
    const outcome = await this.repository.putAside(this.handler.group, entry);
    if (outcome.status !== 'ok' || !outcome.value) return;
    this.listener.handled(this.handler.group, 'dead-letter', 1);
    this.logger.error(`Event ${entry.id} could not be handled in ${entry.deliveries} deliveries: put aside`);
  }

  private async handleAll(events: readonly StreamEvent[], mayHaveFailed: boolean): Promise<void> {
    const { group, types } = this.handler;
    const wanted = events.filter(({ type }) => !types || types.includes(type));
    const skipped = events.filter((event) => !wanted.includes(event)).map(({ id }) => id);
    if (skipped.length > 0 && (await this.repository.acknowledge(group, skipped)))
      this.listener.handled(group, 'skipped', skipped.length);
    const queue = [...wanted];
    const work = async (): Promise<void> => {
      for (let event = queue.shift(); event && !this.stopping.signal.aborted; event = queue.shift())
        await this.handle(event, mayHaveFailed);
    };
    await Promise.all(Array.from({ length: Math.min(this.options.concurrency, queue.length) }, work));
  }

  private async handle(event: StreamEvent, mayHaveFailed: boolean): Promise<void> {
    const { group } = this.handler;
    try {
      await this.handler.handle(event, this.stopping.signal);
    } catch (error) {
      this.listener.handled(group, 'failed', 1);
      this.logger.warn(`Event ${event.id} failed: ${(error as Error).message}`);
      await this.repository.failed(group, event.id, (error as Error).message);
      if (error instanceof RetryLaterError) await this.repository.forgive(group, this.name, event.id);
      return;
    }
    // Not confirmed: it is delivered once more, and handled again.
    if (await this.repository.acknowledge(group, [event.id])) this.listener.handled(group, 'handled', 1);
    if (mayHaveFailed) await this.repository.mended(group, [event.id]);
  }

  private async pause(): Promise<void> {
    await delay(pauseAfterFailureMs, undefined, { signal: this.stopping.signal }).catch(() => undefined);
  }
}
