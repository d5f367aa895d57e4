import { LRUCache } from 'lru-cache';

export interface LocalEntry<T> {
  /** Undefined: known to be absent. */
  readonly value: T | undefined;
  /** When its fresh life in Redis ends. */
  readonly freshUntilMs: number;
  /** When this copy may no longer be used. */
  readonly usableUntilMs: number;
}

/** Beside the value: the key, the entry and its place in the list. */
const overheadBytes = 200;
const maxRecentChanges = 10_000;

/**
 * Copies in this process, bounded in bytes. A copy that was read before a change of its key is never kept: changes are
 * numbered, and `put` compares.
 */
export class LocalTier {
  private readonly entries: LRUCache<string, LocalEntry<unknown>>;
  private changes = 0;
  /** The numbers of late changes. What came before its oldest is not known any more. */
  private readonly recent = new Map<string, number>();
  private forgottenUpTo = 0;

  constructor(maxBytes: number) {
    this.entries = new LRUCache({ maxSize: maxBytes });
  }

  get bytes(): number {
    return this.entries.calculatedSize;
  }

  get count(): number {
    return this.entries.size;
  }

  /** Taken before a value is read from Redis, and handed to `put` with it. */
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
    if (changeNumber < this.forgottenUpTo || (this.recent.get(key) ?? 0) > changeNumber) return;
    this.entries.set(key, entry, { size: bytes + key.length + overheadBytes });
  }

  /** The key has changed: a copy that was or is being read is not to be used. */
  changed(key: string): void {
    this.entries.delete(key);
    this.recent.delete(key);
    this.recent.set(key, ++this.changes);
    if (this.recent.size > maxRecentChanges) {
      const [oldest, number] = this.recent.entries().next().value as [string, number];
      this.recent.delete(oldest);
      this.forgottenUpTo = number;
    }
  }

  /** Anything may have changed. */
  clear(): void {
    this.entries.clear();
    this.recent.clear();
    this.forgottenUpTo = ++this.changes;
  }
}
