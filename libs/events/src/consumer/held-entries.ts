import type { EntryRef } from './group-entries.js';

/** A stream entry that this consumer owns and has not finished. */
export interface HeldEntry {
  readonly ref: EntryRef;
  /** Attempts that count toward the maximum, because the event itself may have caused their failure. */
  readonly attempts: number;
  /** Whether the attempts are recorded in Redis for the entry's next owner. */
  readonly isRecorded: boolean;
  /** Whether a worker ended while it handled the event. */
  readonly wasInterrupted: boolean;
  /** Why the last counted attempt failed. */
  readonly reason: string;
  /** Consecutive attempts that failed because of the downstream. */
  readonly waits: number;
  readonly next: 'handle' | 'acknowledge' | 'dead-letter';
  readonly notBeforeMs: number;
}

/** The entries that a consumer has to retry. Their events are not kept in memory, but read again for the next attempt. */
export class HeldEntries {
  /** In the order of their last attempts. */
  private readonly byKey = new Map<string, HeldEntry>();

  get size(): number {
    return this.byKey.size;
  }

  get all(): HeldEntry[] {
    return [...this.byKey.values()];
  }

  get oldest(): HeldEntry | undefined {
    return this.all[0];
  }

  /** When the next entry is due; undefined if there are no entries. */
  get nextDueMs(): number | undefined {
    return this.size === 0 ? undefined : Math.min(...this.all.map(({ notBeforeMs }) => notBeforeMs));
  }

  has(ref: EntryRef): boolean {
    return this.byKey.has(keyOf(ref));
  }

  put(entry: HeldEntry): void {
    this.delete(entry.ref);
    this.byKey.set(keyOf(entry.ref), entry);
  }

  delete(ref: EntryRef): void {
    this.byKey.delete(keyOf(ref));
  }

  due(nowMs: number, max: number): HeldEntry[] {
    return this.all.filter(({ notBeforeMs }) => notBeforeMs <= nowMs).slice(0, max);
  }
}

const keyOf = ({ lane, id }: EntryRef): string => `${lane} ${id}`;

/** Returns the state of an entry without recorded attempts. */
export const untried = (ref: EntryRef): HeldEntry => ({
  ref,
  attempts: 0,
  isRecorded: false,
  wasInterrupted: false,
  reason: '',
  waits: 0,
  next: 'handle',
  notBeforeMs: 0,
});
