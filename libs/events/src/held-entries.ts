import type { EntryRef } from './groups.repository.js';

/** An entry that this consumer owns and has not finished. */
export interface HeldEntry {
  readonly ref: EntryRef;
  /** Calls of the handler that count against the event. */
  readonly attempts: number;
  /** True once the attempts are recorded in Redis, where the next owner finds them. */
  readonly isRecorded: boolean;
  /** True when a worker ended while it handled the event. */
  readonly wasInterrupted: boolean;
  /** Why the last counted attempt failed. */
  readonly reason: string;
  /** Tries in a row that ended with the downstream at fault. */
  readonly waits: number;
  readonly next: 'handle' | 'acknowledge' | 'set-aside';
  readonly notBeforeMs: number;
}

/** What this consumer owns and has to come back to, without the events' texts: those are read again when it is time. */
export class HeldEntries {
  /** The one that was tried last comes last. */
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

  /** When the next one is due; undefined where there is none. */
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

/** An entry that was delivered for the first time, or whose owner has left no record. */
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
