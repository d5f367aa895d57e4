import type { Logger } from '@nestjs/common';
import type { BackoffOptions, Downstream } from './downstream.js';
import type { EventHandler } from './event-handler.js';
import type { GroupsRepository } from './groups.repository.js';
import type { HeldEntries } from './held-entries.js';

/**
 * How an event or an attempt to handle it ended: `skipped` events have an unwanted type, `waiting` attempts failed because
 * of the downstream, and `missing` events were trimmed from the stream.
 */
export type ConsumerOutcome = 'handled' | 'skipped' | 'failed' | 'waiting' | 'dead-letter' | 'missing';

/** Counts outcomes, for metrics. */
export interface ConsumerListener {
  handled(group: string, outcome: ConsumerOutcome, count: number): void;
}

/** What an EventConsumer shares with the classes that process its entries. */
export interface ProcessorContext {
  readonly repository: GroupsRepository;
  readonly handler: EventHandler;
  readonly listener: ConsumerListener;
  readonly logger: Logger;
  readonly consumer: string;
  readonly downstream: Downstream;
  readonly held: HeldEntries;
  readonly signal: AbortSignal;
  /** Counted attempts after which an event becomes a dead letter. */
  readonly maxAttempts: number;
  readonly concurrency: number;
  /** Interval between counted attempts of an event. */
  readonly attemptIntervalMs: number;
  readonly backoff: BackoffOptions;
}
