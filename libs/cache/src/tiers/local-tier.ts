import { LRUCache } from 'lru-cache';

export interface LocalEntry<T> {
  /** Undefined for a value that is known to be absent. */
  readonly value: T | undefined;
  /** When the value stops being fresh in Redis. */
  readonly freshUntilMs: number;
  /** When this copy may no longer be used. */
  readonly usableUntilMs: number;
}

/** Memory of an entry, besides its value and its key. */
const overheadBytes = 200;
const maxRecentChanges = 10_000;

/**
 * Copies of values in this process, with a maximum size. A copy that was read before its key changed is never stored:
 * changes are numbered, and `put` compares the numbers.
 */
export class LocalTier {
  private readonly entries: LRUCache<string, LocalEntry<unknown>>;
  private changes = 0;
  /** The number of each recently changed key's last change. */
  private readonly recent = new Map<string, number>();
  /** Changes up to this number are no longer in `recent`. */
  private discardedUpTo = 0;

  constructor(maxBytes: number) {
    this.entries = new LRUCache({ maxSize: maxBytes });
  }

  get bytes(): number {
    return this.entries.calculatedSize;
  }

  get count(): number {
    return this.entries.size;
  }

  /** Must be taken before a value is read from Redis, and passed to `put` with the value. */
  get changeNumber(): number {
    return this.changes;
  }

  get<T>(key: string, nowMs: number): LocalEntry<T> | undefined {
    const entry = this.entries.get(key) as LocalEntry<T> | undefined;
    if (entry && entry.usableUntilMs > nowMs) return entry;
    if (entry) this.entries.delete(key);
    return undefined;
  }

  put(key: string, entry: LocalEntry<unknown>, bytes: number, changeNumber: number): void {
    if (changeNumber < this.discardedUpTo || (this.recent.get(key) ?? 0) > changeNumber) return;
    this.entries.set(key, entry, { size: bytes + key.length + overheadBytes });
  }

  /** Evicts the copy of a key that has changed, and rejects copies that are still being read. */
  invalidate(key: string): void {
    this.entries.delete(key);
    this.recent.delete(key);
    this.recent.set(key, ++this.changes);
    if (this.recent.size > maxRecentChanges) {
      const [oldest, number] = this.recent.entries().next().value as [string, number];
      this.recent.delete(oldest);
      this.discardedUpTo = number;
    }
  }

  /** Evicts all copies: any key may have changed. */
  clear(): void {
    this.entries.clear();
    this.recent.clear();
    this.discardedUpTo = ++this.changes;
  }
}
