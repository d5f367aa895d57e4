import { Injectable } from '@nestjs/common';
import type { CacheResult } from '../cache-result.js';
import type { Lookup, ResolvedLookup } from '../lookup.js';
import { CacheTelemetry } from '../telemetry/cache-telemetry.js';
import { TieredStore } from '../tiers/tiered-store.js';
import type { StoreCause, Write } from '../tiers/write.js';
import { CacheTtls } from '../ttl.js';
import { Etags } from './etags.js';
import type { LoadRequest } from './load-request.js';
import { Failed, type Loaded, notModified, Tagged, Unstored } from './loaded.js';

/** A lookup with what its load returned. */
interface LoadedLookup<I, T> {
  readonly lookup: Lookup<I, T>;
  readonly loaded: T | Unstored<T> | Failed | undefined;
  readonly freshMs: number;
}

/** Calls the load of a request, and stores what it returns. */
@Injectable()
export class Upstream {
  constructor(
    private readonly store: TieredStore,
    private readonly etags: Etags,
    private readonly ttls: CacheTtls,
    private readonly telemetry: CacheTelemetry,
  ) {}

  /**
   * Loads these lookups in one call.
   *
   * @throws what the load throws, and TypeError if it does not return one value for each lookup
   */
  async load<I, T>(
    request: LoadRequest<I, T>,
    lookups: readonly Lookup<I, T>[],
  ): Promise<ResolvedLookup<I, T>[]> {
    const { namespace, budget } = request;
    const startedMs = performance.now();
    const values = await request.load(lookups);
    if (values.length !== lookups.length) {
      throw new TypeError(
        `The load of "${namespace.name}" returned ${values.length} values for ${lookups.length} inputs`,
      );
    }
    const freshMs = this.ttls.toMs(namespace.ttl);
    const loaded = lookups.map((lookup, index): LoadedLookup<I, T> => {
      const value = this.unwrap(lookup, values[index]);
      return { lookup, loaded: value, freshMs: value === undefined ? namespace.negativeMs : freshMs };
    });
    this.telemetry.loaded(namespace, lookups.length, startedMs);
    const writes = loaded.flatMap((each) => toWrites(request, each));
    const written = await this.store.write(budget, namespace, writes);
    const stored = new Set(
      written.flatMap(({ key, result }) => (result === 'stored' || result === 'kept' ? [key] : [])),
    );
    return loaded.map((each) => ({
      ...each.lookup,
      result: toResult(request, each, stored.has(each.lookup.key)),
    }));
  }

  private unwrap<I, T>(
    { key, previous }: Lookup<I, T>,
    loaded: Loaded<T>,
  ): T | Unstored<T> | Failed | undefined {
    if (loaded === notModified) {
      if (!previous) throw new TypeError('A load without a previous value cannot return notModified');
      return previous.value;
    }
    if (!(loaded instanceof Tagged)) return loaded;
    this.etags.remember(key, loaded.etag);
    return loaded.value;
  }
}

/** Returns nothing to store for a failure, a value that must not be stored, or an absence that is not cached. */
function toWrites<I, T>(
  { namespace, refresh }: LoadRequest<I, T>,
  { lookup: { input, key, reading }, loaded, freshMs }: LoadedLookup<I, T>,
): Write<I, T>[] {
  if (loaded instanceof Failed || loaded instanceof Unstored) return [];
  if (loaded === undefined && namespace.negativeMs === 0) return [];
  const { state } = reading;
  const replace = refresh || state === 'broken' || state === 'found';
  const cause: StoreCause = refresh ? 'bypass' : state === 'found' ? 'refresh' : 'miss';
  return [{ input, key, value: loaded, freshMs, replace, cause }];
}

function toResult<I, T>(
  { refresh }: LoadRequest<I, T>,
  { lookup: { reading }, loaded, freshMs }: LoadedLookup<I, T>,
  stored: boolean,
): CacheResult<T> {
  const outcome = refresh ? 'bypass' : 'miss';
  const origin = { tier: 'upstream', redisAnswered: reading.state !== 'unknown' } as const;
  if (loaded instanceof Failed) {
    return { value: undefined, outcome: 'error', error: loaded.error, ttlMs: 0, stored: false, ...origin };
  }
  if (loaded instanceof Unstored) return { value: loaded.value, outcome, ttlMs: 0, stored: false, ...origin };
  return { value: loaded, outcome, ttlMs: freshMs, stored, ...origin };
}
