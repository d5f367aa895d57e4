import { Injectable } from '@nestjs/common';
import { LRUCache } from 'lru-cache';
import type { Lookup, Previous } from '../lookup.js';

/** ETags of values that this process has loaded. Other processes load these values without revalidation. */
@Injectable()
export class Etags {
  private readonly etags = new LRUCache<string, string>({ max: 10_000 });

  remember(key: string, etag: string): void {
    this.etags.set(key, etag);
  }

  /** Returns what a load of this lookup may revalidate; undefined without a value or its ETag. */
  previousOf<I, T>({ key, reading }: Lookup<I, T>): Previous<T> | undefined {
    const etag = this.etags.get(key);
    return reading.state === 'found' && etag !== undefined ? { value: reading.value, etag } : undefined;
  }
}
