import { Injectable } from '@nestjs/common';
import type { CacheResult } from '../cache-result.js';

/** Loads that this process has started and not yet finished, shared by all callers that request the same key. */
@Injectable()
export class InFlightLoads {
  private readonly loads = new Map<string, Promise<CacheResult<unknown>>>();

  get<T>(key: string): Promise<CacheResult<T>> | undefined {
    return this.loads.get(key) as Promise<CacheResult<T>> | undefined;
  }

  /** Shares a load until it settles. All callers but the first get the outcome `coalesced`. */
  share<T>(key: string, load: Promise<CacheResult<T>>): void {
    const shared = load.then(toCoalesced);
    this.loads.set(key, shared);
    const remove = (): void => {
      if (this.loads.get(key) === shared) this.loads.delete(key);
    };
    shared.then(remove, remove);
  }
}

const toCoalesced = <T>(result: CacheResult<T>): CacheResult<T> =>
  result.outcome === 'miss' || result.outcome === 'bypass' ? { ...result, outcome: 'coalesced' } : result;
