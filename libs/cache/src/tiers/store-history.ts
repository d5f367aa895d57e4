import { Injectable } from '@nestjs/common';
import { LRUCache } from 'lru-cache';
import type { StoreCause } from './write.js';

export interface LastStore {
  readonly atMs: number;
  readonly cause: StoreCause;
}

/** When and why this process last stored a value under a key. Bounded: old entries are evicted. */
@Injectable()
export class StoreHistory {
  private readonly stores = new LRUCache<string, LastStore>({ max: 10_000 });

  record(key: string, cause: StoreCause): void {
    this.stores.set(key, { atMs: Date.now(), cause });
  }

  of(key: string): LastStore | undefined {
    return this.stores.get(key);
  }
}
