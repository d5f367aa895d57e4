import type { LeasedConnection } from '@app/redis';
import { EventAttempts } from './event-attempts.js';
import { faultOf } from './fault-of.js';
import { type EntryRef, lanes, type TakenEntry } from './group-entries.js';
import { type HeldEntry, untried } from './held-entries.js';
import type { ProcessorContext } from './processor-context.js';

/** Decides which of a consumer's entries are attempted, in which order, and how many at once. */
export class EventProcessor {
  private readonly attempts: EventAttempts;

  constructor(private readonly context: ProcessorContext) {
    this.attempts = new EventAttempts(context);
  }

  /** Handles entries that were delivered for the first time. If the downstream fails, the remaining entries are held. */
  async handleNew(entries: readonly TakenEntry[]): Promise<void> {
    const wanted = await this.skipUnwanted(entries);
    const { held, signal, downstream } = this.context;
    await this.each(wanted, async (entry) => {
      if (signal.aborted || downstream.waiting) held.put(untried(entry.ref));
      else await this.attempts.attempt(entry, untried(entry.ref));
    });
  }

  /** Tries a failing downstream with one of the new entries, and holds the others. Returns false if no entry was wanted. */
  async probeWithNew(entries: readonly TakenEntry[]): Promise<boolean> {
    const [first, ...others] = await this.skipUnwanted(entries);
    for (const { ref } of others) this.context.held.put(untried(ref));
    if (first) await this.attempts.attempt(first, untried(first.ref));
    return first !== undefined;
  }

  /**
   * Continues with held entries. An event during which a worker ended is handled alone, so that it cannot affect others.
   *
   * @throws Error if the reader did not reply
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

  /** Tries a failing downstream with a held entry. @throws Error if the reader did not reply */
  async probeWith(reader: LeasedConnection, entry: HeldEntry): Promise<void> {
    const fault = await this.advance(reader, entry);
    if (fault) throw new Error(fault);
  }

  /** Counts an entry that was trimmed from the stream before it was handled. */
  missing(ref: EntryRef): void {
    this.attempts.missing(ref);
  }

  /** Does the next step for a held entry. Returns the fault if the reader did not reply. */
  private async advance(reader: LeasedConnection, entry: HeldEntry): Promise<string | undefined> {
    switch (entry.next) {
      case 'acknowledge':
        await this.attempts.acknowledge(entry);
        return undefined;
      case 'dead-letter':
        await this.attempts.moveToDeadLetters(entry);
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
    // Otherwise another consumer has taken the entry over.
    if (started.value) await this.attempts.attempt(wanted, { ...entry, isRecorded: true });
    else held.delete(ref);
    return undefined;
  }

  /** Acknowledges entries whose events have other types, and returns the rest. */
  private async skipUnwanted(entries: readonly TakenEntry[]): Promise<TakenEntry[]> {
    const { repository, handler, held, listener } = this.context;
    const { group, types } = handler;
    const isWanted = ({ event }: TakenEntry): boolean => !types || types.includes(event.type);
    for (const lane of lanes) {
      const skipped = entries.filter((entry) => entry.ref.lane === lane && !isWanted(entry));
      if (skipped.length === 0) continue;
      listener.handled(group, 'skipped', skipped.length);
      const ids = skipped.map(({ ref }) => ref.id);
      if (await repository.acknowledge(lane, group, ids)) continue;
      for (const { ref } of skipped) held.put({ ...untried(ref), next: 'acknowledge' });
    }
    return entries.filter(isWanted);
  }

  /** Runs `work` for each item, for at most `concurrency` items at once. */
  private async each<T>(items: readonly T[], work: (item: T) => Promise<void>): Promise<void> {
    const queue = [...items];
    const run = async (): Promise<void> => {
      for (let item = queue.shift(); item !== undefined; item = queue.shift()) await work(item);
    };
    await Promise.all(Array.from({ length: Math.min(this.context.concurrency, queue.length) }, run));
  }
}
