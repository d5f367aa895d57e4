const minSlabBytes = 4_096;
const maxSlabBytes = 65_536;

/**
 * Collects a body of unknown length. Small pieces are copied together: a client may send one byte at a time, and a buffer of
 * one byte takes a hundred.
 */
export class ByteCollector {
  private readonly whole: Buffer[] = [];
  private slab: Buffer | undefined;
  private used = 0;
  private total = 0;

  get length(): number {
    return this.total;
  }

  add(chunk: Buffer): void {
    this.total += chunk.length;
    if (chunk.length >= minSlabBytes) {
      this.closeSlab();
      this.whole.push(chunk);
      return;
    }
    let start = 0;
    while (start < chunk.length) {
      this.slab ??= Buffer.allocUnsafeSlow(this.total > maxSlabBytes ? maxSlabBytes : minSlabBytes);
      const copied = chunk.copy(this.slab, this.used, start);
      start += copied;
      this.used += copied;
      if (this.used === this.slab.length) this.closeSlab();
    }
  }

  /** Returns everything collected, in one buffer. */
  join(): Buffer {
    this.closeSlab();
    const [only] = this.whole;
    return this.whole.length === 1 && only ? only : Buffer.concat(this.whole, this.total);
  }

  private closeSlab(): void {
    if (this.slab && this.used > 0) this.whole.push(this.slab.subarray(0, this.used));
    this.slab = undefined;
    this.used = 0;
  }
}
