/**
 * A bounded set of strings that forgets what has not been added again for a while: two generations, of which the older is
 * dropped when the younger is full. Adding and looking up cost one hash lookup or two.
 */
export class RecentSet {
  private young = new Set<string>();
  private old = new Set<string>();

  /** @param maxItems at most remembered; at least half as many are */
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
