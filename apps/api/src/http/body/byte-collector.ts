const minSlabBytes = 4_096;
const maxSlabBytes = 65_536;

/**
 * Collects a body of unknown length. Small pieces are copied together: a client may send one byte at a time, and a one-byte
 * buffer takes a hundred bytes of memory.
 */
export class ByteCollector {
  private readonly whole: Buffer[] = [];
  private first: Buffer | undefined;
  private slab: Buffer | undefined;
  private used = 0;
  private total = 0;

  get length(): number {
    return this.total;
  }

  add(chunk: Buffer): void {
    this.total += chunk.length;
    // Most bodies arrive in one piece.
    if (this.total === chunk.length) {
      this.first = chunk;
      return;
    }
    const { first } = this;
    if (first) {
      this.first = undefined;
      this.append(first);
    }
    this.append(chunk);
  }

  /** Returns everything collected, in one buffer. */
  join(): Buffer {
    if (this.first) return this.first;
    this.closeSlab();
    return Buffer.concat(this.whole, this.total);
  }

  private append(chunk: Buffer): void {
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

  private closeSlab(): void {
    if (this.slab && this.used > 0) this.whole.push(this.slab.subarray(0, this.used));
    this.slab = undefined;
    this.used = 0;
  }
}
