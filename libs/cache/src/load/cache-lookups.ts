import { Injectable } from '@nestjs/common';
import type { CacheResult } from '../cache-result.js';
import { type Lookup, newLookup } from '../lookup.js';
import type { Namespace } from '../namespace.js';
import { CacheTelemetry } from '../telemetry/cache-telemetry.js';
import { CacheRepository } from '../tiers/cache.repository.js';
import { InFlightLoads } from '../tiers/in-flight-loads.js';
import type { LocalEntry } from '../tiers/local-tier.js';
import { LocalTiers } from '../tiers/local-tiers.js';
import type { LoadRequest } from './load-request.js';
import { Loader } from './loader.js';

/** A result, or the load that will produce it. */
type Pending<T> = CacheResult<T> | Promise<CacheResult<T>>;

interface Resolved<T> {
  readonly key: string;
  readonly result: CacheResult<T>;
}

/** Resolves each lookup from the nearest tier that has it: a local copy, a load in flight, Redis, or the upstream. */
@Injectable()
export class CacheLookups {
  constructor(
    private readonly repository: CacheRepository,
    private readonly local: LocalTiers,
    private readonly inFlight: InFlightLoads,
    private readonly loader: Loader,
    private readonly telemetry: CacheTelemetry,
  ) {}

  /** Resolves one input. Local copies and loads in flight take a shorter path. */
  async resolveOne<I, T>(request: LoadRequest<I, T>, input: I): Promise<CacheResult<T>> {
    const startedMs = performance.now();
    const lookup = newLookup<I, T>(input, this.repository.key(request.namespace, input));
    const nearest = this.nearest(request, lookup, startedMs);
    if (!nearest) {
      const [result] = await this.resolveAll(request, [lookup], startedMs);
      return result as CacheResult<T>;
    }
    try {
      const result = await nearest;
      this.telemetry.lookedUp(request.namespace, lookup.key, result, startedMs);
      return result;
    } catch (error) {
      this.telemetry.failed(request.namespace, [lookup], error, startedMs);
      throw error;
    }
  }

  /** Resolves a batch; repeated inputs are resolved once. Returns one result for each input, in order. */
  async resolve<I, T>(request: LoadRequest<I, T>, inputs: readonly I[]): Promise<CacheResult<T>[]> {
    const startedMs = performance.now();
    const lookups = inputs.map((input) =>
      newLookup<I, T>(input, this.repository.key(request.namespace, input)),
    );
    return this.allLocal(request, lookups, startedMs) ?? this.resolveAll(request, lookups, startedMs);
  }

  /** Returns undefined unless every lookup has a local copy: the usual case in a busy process. */
  private allLocal<I, T>(
    { namespace, refresh }: LoadRequest<I, T>,
    lookups: readonly Lookup<I, T>[],
    startedMs: number,
  ): CacheResult<T>[] | undefined {
    const tier = refresh ? undefined : this.local.of(namespace);
    if (!tier) return undefined;
    const resolved: Resolved<T>[] = [];
    for (const { key } of lookups) {
      const entry = tier.get<T>(key, startedMs);
      if (!entry) return undefined;
      resolved.push({ key, result: localResult(entry, startedMs) });
    }
    return this.recorded(namespace, resolved, startedMs);
  }

  private async resolveAll<I, T>(
    request: LoadRequest<I, T>,
    lookups: readonly Lookup<I, T>[],
    startedMs: number,
  ): Promise<CacheResult<T>[]> {
    const pending = new Map<string, Pending<T>>();
    const missing = new Map<string, Lookup<I, T>>();
    for (const lookup of lookups) {
      if (pending.has(lookup.key) || missing.has(lookup.key)) continue;
      const nearest = this.nearest(request, lookup, startedMs);
      if (nearest) pending.set(lookup.key, nearest);
      else missing.set(lookup.key, lookup);
    }
    this.load(request, [...missing.values()], pending);
    try {
      const resolved = await Promise.all(
        lookups.map(async ({ key }) => ({ key, result: await (pending.get(key) as Pending<T>) })),
      );
      return this.recorded(request.namespace, resolved, startedMs);
    } catch (error) {
      this.telemetry.failed(request.namespace, lookups, error, startedMs);
      throw error;
    }
  }

  /** Starts one load for these lookups, and shares it with later callers. */
  private load<I, T>(
    request: LoadRequest<I, T>,
    lookups: readonly Lookup<I, T>[],
    pending: Map<string, Pending<T>>,
  ): void {
    if (lookups.length === 0) return;
    const loading = this.loader
      .resolve(request, lookups)
      .then((resolved) => new Map(resolved.map(({ key, result }) => [key, result] as const)));
    for (const { key } of lookups) {
      const result = loading.then((results) => results.get(key) as CacheResult<T>);
      this.inFlight.share(key, result);
      pending.set(key, result);
    }
  }

  /** Returns a local copy, or a load in flight. */
  private nearest<I, T>(
    { namespace, refresh }: LoadRequest<I, T>,
    { key }: Lookup<I, T>,
    nowMs: number,
  ): Pending<T> | undefined {
    if (refresh) return undefined;
    const entry = this.local.of(namespace)?.get<T>(key, nowMs);
    return entry ? localResult(entry, nowMs) : this.inFlight.get<T>(key);
  }

  private recorded<T>(
    namespace: Namespace<never, T>,
    resolved: readonly Resolved<T>[],
    startedMs: number,
  ): CacheResult<T>[] {
    return resolved.map(({ key, result }) => {
      this.telemetry.lookedUp(namespace, key, result, startedMs);
      return result;
    });
  }
}

const localResult = <T>({ value, freshUntilMs }: LocalEntry<T>, nowMs: number): CacheResult<T> => ({
  value,
  outcome: value === undefined ? 'negative' : 'local_hit',
  tier: 'local',
  ttlMs: freshUntilMs - nowMs,
  stored: true,
  redisAnswered: true,
});
