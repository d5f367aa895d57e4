import { Injectable } from '@nestjs/common';
import { CachePurge, type PurgeOptions, type PurgeProgress } from './admin/cache-purge.js';
import type { CacheResult } from './cache-result.js';
import type { CallOptions, GetOrLoadOptions, SetOptions } from './call-options.js';
import { CacheLookups } from './load/cache-lookups.js';
import type { LoadRequest } from './load/load-request.js';
import type { Load, LoadOne } from './load/loaded.js';
import type { Namespace } from './namespace.js';
import { CacheMetrics } from './telemetry/cache.metrics.js';
import { CacheRepository } from './tiers/cache.repository.js';
import type { Ttl } from './ttl.js';
import { CacheValues } from './values/cache-values.js';

/**
 * The cache of every feature: a local tier of limited size in front of Redis, one load for a key no matter how many callers
 * and processes miss it, and values that outlive their TTL while the upstream fails. If Redis is down, reads are misses and
 * writes return false; no call fails because of it.
 */
@Injectable()
export class CacheService {
  constructor(
    private readonly values: CacheValues,
    private readonly lookups: CacheLookups,
    private readonly purge: CachePurge,
    private readonly repository: CacheRepository,
    private readonly metrics: CacheMetrics,
  ) {}

  /**
   * Returns the cached value of each input, and loads those that are missing in one call.
   *
   * Repeated inputs are loaded once, and values that another caller or process is already loading are awaited instead.
   *
   * @param load returns the values of the missing lookups, in their order
   * @returns one result for each input, in order
   * @throws what `load` throws, and CacheLoadTimeoutError, if a value is in no tier
   * @example
   * const results = await cache.getOrLoad(movies, [1, 2], (missing) => tmdb.movies(missing.map(({ input }) => input)), { budget });
   */
  getOrLoad<I, T>(
    namespace: Namespace<I, T>,
    inputs: readonly I[],
    load: Load<I, T>,
    options?: GetOrLoadOptions,
  ): Promise<CacheResult<T>[]> {
    return this.lookups.resolve(this.request(namespace, load, options), inputs);
  }

  /**
   * `getOrLoad` for one input.
   *
   * @throws what `load` throws, and CacheLoadTimeoutError, if the value is in no tier
   * @example
   * const { value, outcome } = await cache.getOrLoadOne(movies, 1, ({ input }) => tmdb.movie(input), { budget });
   */
  getOrLoadOne<I, T>(
    namespace: Namespace<I, T>,
    input: I,
    load: LoadOne<I, T>,
    options?: GetOrLoadOptions,
  ): Promise<CacheResult<T>> {
    const loadBatch: Load<I, T> = (missing) => Promise.all(missing.map((lookup) => load(lookup)));
    return this.lookups.resolveOne(this.request(namespace, loadBatch, options), input);
  }

  /** Returns the value, or null if there is none or Redis is down. */
  get<I, T>(namespace: Namespace<I, T>, input: I, options?: CallOptions): Promise<T | null> {
    return this.values.get(namespace, input, options);
  }

  /** Returns the value of each input, in order: null if there is none or Redis is down. */
  getMany<I, T>(
    namespace: Namespace<I, T>,
    inputs: readonly I[],
    options?: CallOptions,
  ): Promise<(T | null)[]> {
    return this.values.getMany(namespace, inputs, options);
  }

  /**
   * Stores a value for its namespace's TTL, or for `ttlSeconds`. Returns false if it was not stored.
   *
   * @throws RangeError for a TTL that is not positive, TypeError for a value that the codec cannot represent
   */
  set<I, T>(namespace: Namespace<I, T>, input: I, value: T, options?: SetOptions): Promise<boolean> {
    return this.values.set(namespace, input, value, options);
  }

  /**
   * Stores many values in one round trip. Returns false if not all of them were stored.
   *
   * @throws RangeError for a TTL that is not positive, TypeError for a value that the codec cannot represent
   */
  setMany<I, T>(
    namespace: Namespace<I, T>,
    entries: readonly (readonly [input: I, value: T])[],
    options?: SetOptions,
  ): Promise<boolean> {
    return this.values.setMany(namespace, entries, options);
  }

  /** Deletes a value here, in Redis, and in the local tiers of other processes. Returns false if Redis is down. */
  async delete<I>(namespace: Namespace<I, unknown>, input: I, options?: CallOptions): Promise<boolean> {
    return (await this.values.delete(namespace, [input], options)) !== null;
  }

  /** Deletes many values. Returns how many Redis had, or null if Redis did not confirm the deletion of all of them. */
  deleteMany<I>(
    namespace: Namespace<I, unknown>,
    inputs: readonly I[],
    options?: CallOptions,
  ): Promise<number | null> {
    return this.values.delete(namespace, inputs, options);
  }

  /** Returns whether Redis has the key; false if Redis is down. */
  exists<I>(namespace: Namespace<I, unknown>, input: I, options?: CallOptions): Promise<boolean> {
    return this.values.exists(namespace, input, options);
  }

  /**
   * Sets a key's TTL. Returns false if there is no such key or Redis is down.
   *
   * @throws RangeError for a TTL that is not positive
   */
  expire<I>(
    namespace: Namespace<I, unknown>,
    input: I,
    ttlSeconds: Ttl,
    options?: CallOptions,
  ): Promise<boolean> {
    return this.values.expire(namespace, input, ttlSeconds, options);
  }

  /** Returns the seconds that a key has left: Infinity without a TTL, null if there is no key or Redis is down. */
  ttl<I>(namespace: Namespace<I, unknown>, input: I, options?: CallOptions): Promise<number | null> {
    return this.values.ttl(namespace, input, options);
  }

  /**
   * Adds to a counter, which expires the namespace's TTL after its first increment. Returns the sum, or null if Redis did not
   * confirm the increment.
   */
  increment<I>(
    namespace: Namespace<I, string>,
    input: I,
    amount = 1,
    options?: CallOptions,
  ): Promise<number | null> {
    return this.values.increment(namespace, input, amount, options);
  }

  /**
   * Deletes cached values by pattern, and yields the progress after each page.
   *
   * @param pattern a glob such as `emb:*`, relative to `{env}:`
   * @throws RangeError for a pattern that does not begin with a namespace's first key part, RedisUnavailableError, and
   * the signal's reason once it is aborted
   */
  deletePattern(pattern: string, options: PurgeOptions): AsyncGenerator<PurgeProgress> {
    return this.purge.deletePattern(pattern, options);
  }

  /** Adds tokens and US dollars to what loading the namespace's values has cost. */
  recordCost(
    { name }: Namespace<never, unknown>,
    cost: { readonly tokens: number; readonly usd: number },
  ): void {
    this.metrics.loaded(name, { items: 0, durationMs: 0, ...cost });
  }

  private request<I, T>(
    namespace: Namespace<I, T>,
    load: Load<I, T>,
    { budget = this.repository.newBudget(), refresh = false }: GetOrLoadOptions = {},
  ): LoadRequest<I, T> {
    return { namespace, load, budget, refresh };
  }
}
