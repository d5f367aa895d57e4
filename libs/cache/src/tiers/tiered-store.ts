import { Injectable } from '@nestjs/common';
import { MarqueeConfig } from '@app/config';
import type { RedisBudget } from '@app/redis';
import type { Lookup } from '../lookup.js';
import type { Namespace } from '../namespace.js';
import { CacheTelemetry } from '../telemetry/cache-telemetry.js';
import { CacheRepository } from './cache.repository.js';
import type { LocalTier } from './local-tier.js';
import { LocalTiers } from './local-tiers.js';
import { StoreHistory } from './store-history.js';
import type { Write, Written } from './write.js';

/** A value to copy into the local tier. */
interface Copy<T> {
  readonly key: string;
  readonly value: T | undefined;
  readonly bytes: number;
  readonly freshMs: number;
}

/** Reads from Redis and writes to Redis, and keeps the local tier in step. */
@Injectable()
export class TieredStore {
  private readonly maxValueBytes: number;

  constructor(
    private readonly repository: CacheRepository,
    private readonly local: LocalTiers,
    private readonly history: StoreHistory,
    private readonly telemetry: CacheTelemetry,
    { cache }: MarqueeConfig,
  ) {
    this.maxValueBytes = cache.maxValueBytes;
  }

  /** Returns each lookup with its reading from Redis, and copies what was found into the local tier. */
  async read<I, T>(
    budget: RedisBudget,
    namespace: Namespace<I, T>,
    lookups: readonly Lookup<I, T>[],
  ): Promise<Lookup<I, T>[]> {
    const tier = this.local.of(namespace);
    const changeNumber = tier?.changeNumber ?? 0;
    const startedMs = performance.now();
    const read = await this.repository.read(budget, namespace, lookups);
    this.telemetry.read(namespace, read, startedMs);
    if (tier) {
      for (const { key, reading } of read) {
        if (reading.state !== 'found' && reading.state !== 'negative') continue;
        const { value, bytes } = reading.state === 'found' ? reading : { value: undefined, bytes: 0 };
        copyTo(tier, namespace, { key, value, bytes, freshMs: reading.ttlMs }, changeNumber);
      }
    }
    return read;
  }

  /** Stores values in Redis and in the local tier. Returns each write with its result. */
  async write<I, T>(
    budget: RedisBudget,
    namespace: Namespace<I, T>,
    writes: readonly Write<I, T>[],
  ): Promise<Written<I, T>[]> {
    const tier = this.local.of(namespace);
    for (const { key } of writes) tier?.invalidate(key);
    const changeNumber = tier?.changeNumber ?? 0;
    const startedMs = performance.now();
    const written = await this.repository.write(budget, namespace, writes, this.maxValueBytes);
    this.telemetry.stored(namespace, written, startedMs);
    for (const { key, input, value, freshMs, cause, result } of written) {
      if (result === 'stored') this.history.record(key, cause);
      // The value that was there first may differ from this one.
      if (!tier || result === 'too-large' || result === 'kept') continue;
      const bytes = value === undefined ? 0 : namespace.codec.encode(value, input).length;
      copyTo(tier, namespace, { key, value, bytes, freshMs }, changeNumber);
    }
    return written;
  }
}

/** A copy is used neither longer than its namespace allows nor after the value has stopped being fresh. */
function copyTo<T>(
  tier: LocalTier,
  { localMs, negativeMs }: Namespace<never, T>,
  { key, value, bytes, freshMs }: Copy<T>,
  changeNumber: number,
): void {
  if (freshMs <= 0) return;
  const nowMs = performance.now();
  const usableMs = Math.min(freshMs, localMs, value === undefined ? negativeMs : Infinity);
  const entry = { value, freshUntilMs: nowMs + freshMs, usableUntilMs: nowMs + usableMs };
  tier.put(key, entry, bytes, changeNumber);
}
