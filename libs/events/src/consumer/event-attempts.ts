import type { EventType } from '../event.js';
import { backoffMs } from './downstream.js';
import { EventRejectedError, type RetryLaterError, toRetryLater } from './event-handler.js';
import type { EntryRef, TakenEntry } from './group-entries.js';
import type { HeldEntry } from './held-entries.js';
import type { ProcessorContext } from './processor-context.js';

const interrupted = 'the worker ended while it handled this event';
/** Completions that the stream drops are published again. */
const republishedType: EventType = 'transcript_completed';
/** Delay after a call that Redis did not confirm. */
const retryCallMs = 500;

/** Calls the handler. Each entry ends up acknowledged, as a dead letter, or held for another attempt. */
export class EventAttempts {
  constructor(private readonly context: ProcessorContext) {}

  /** Handles an event, and acknowledges it if that succeeds. */
  async attempt({ event }: TakenEntry, entry: HeldEntry): Promise<void> {
    const { handler, signal, downstream, held, listener } = this.context;
    try {
      await handler.handle(event, signal);
    } catch (error) {
      if (signal.aborted) return this.hold(entry, 0);
      const retryLater = toRetryLater(error);
      return retryLater ? this.downstreamFailed(entry, retryLater) : this.eventFailed(entry, event.id, error);
    }
    downstream.succeeded();
    listener.handled(handler.group, 'handled', 1);
    held.delete(entry.ref);
    await this.acknowledge({ ...entry, next: 'acknowledge' });
  }

  /** Acknowledges a handled entry. If Redis does not confirm it, the entry is acknowledged later, and not handled again. */
  async acknowledge(entry: HeldEntry): Promise<void> {
    const { repository, handler, held } = this.context;
    const { lane, id } = entry.ref;
    if (await repository.acknowledge(lane, handler.group, [id])) held.delete(entry.ref);
    else this.hold(entry, retryCallMs);
  }

  /** Makes an entry a dead letter, because it has used up its attempts. */
  async moveToDeadLetters(entry: HeldEntry): Promise<void> {
    const { repository, handler, held, listener, logger, attemptIntervalMs } = this.context;
    const { ref, attempts } = entry;
    const reason = entry.reason || interrupted;
    const outcome = await repository.moveToDeadLetters(handler.group, ref, { attempts, reason });
    if (outcome.status === 'miss') this.missing(ref);
    else if (outcome.status !== 'ok') return this.hold(entry, attemptIntervalMs);
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
    // The type of a trimmed event is unknown.
    const isRepublished = lane === 'events' && handler.types?.every((type) => type === republishedType);
    if (isRepublished) logger.warn(`${message}; a completion is published again`);
    else logger.error(message);
  }

  private async eventFailed(entry: HeldEntry, eventId: string, error: unknown): Promise<void> {
    const { repository, handler, downstream, listener, logger, maxAttempts, attemptIntervalMs } =
      this.context;
    const attempts = entry.attempts + 1;
    const reason = error instanceof Error ? error.message : String(error);
    const loggedReason = error instanceof EventRejectedError ? `rejected with ${error.code}` : reason;
    listener.handled(handler.group, 'failed', 1);
    logger.warn(`Event ${eventId} failed (attempt ${attempts} of ${maxAttempts}): ${loggedReason}`);
    // The downstream replied, so it works.
    downstream.succeeded();
    const failed = { ...entry, attempts, reason, isRecorded: true, wasInterrupted: false, waits: 0 };
    if (attempts >= maxAttempts) return this.moveToDeadLetters({ ...failed, next: 'dead-letter' });
    await repository.record(handler.group, entry.ref, { attempts, state: 'failed', reason });
    this.hold(failed, attemptIntervalMs);
  }

  private async downstreamFailed(entry: HeldEntry, error: RetryLaterError): Promise<void> {
    const { repository, handler, downstream, listener, backoff } = this.context;
    downstream.failed(error);
    listener.handled(handler.group, 'waiting', 1);
    const { attempts, reason, isRecorded, ref } = entry;
    // Takes back the attempt that was counted when it started.
    if (isRecorded) await repository.record(handler.group, ref, { attempts, state: 'waiting', reason });
    const waits = entry.waits + 1;
    this.hold({ ...entry, waits, wasInterrupted: false }, backoffMs(backoff, waits));
  }

  private hold(entry: HeldEntry, pauseMs: number): void {
    this.context.held.put({ ...entry, notBeforeMs: performance.now() + pauseMs });
  }
}
