/**
 * A bounded set of strings that drops what has not been added again recently. It has two generations; the older one is
 * dropped when the younger one is full. Adding and looking up take one or two hash lookups.
 */
export class RecentSet {
  private young = new Set<string>();
  private old = new Set<string>();

  /** @param maxItems the maximum number of items; at least half as many are remembered */
  constructor(private readonly maxItems: number) {}

  has(item: string): boolean {
    return this.young.has(item) || this.old.has(item);
  }

  add(item: string): void {
    this.young.add(item);
    if (this.young.size * 2 <= this.maxItems) return;
    this.old = this.young;
    this.young = new Set();
  }
}
