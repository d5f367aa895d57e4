import { Injectable } from '@nestjs/common';
import type { CallOptions, SetOptions } from '../call-options.js';
import { newLookup, toResult } from '../lookup.js';
import type { Namespace } from '../namespace.js';
import { CacheTelemetry } from '../telemetry/cache-telemetry.js';
import { CacheRepository } from '../tiers/cache.repository.js';
import { LocalTiers } from '../tiers/local-tiers.js';
import { TieredStore } from '../tiers/tiered-store.js';
import type { Write } from '../tiers/write.js';
import { CacheTtls, type Ttl } from '../ttl.js';

const localHit = { outcome: 'local_hit', tier: 'local' } as const;
const miss = { outcome: 'miss', tier: 'redis' } as const;

/** Plain reads and writes of cached values, without loads. `CacheService` documents each call. */
@Injectable()
export class CacheValues {
  constructor(
    private readonly repository: CacheRepository,
    private readonly store: TieredStore,
    private readonly local: LocalTiers,
    private readonly ttls: CacheTtls,
    private readonly telemetry: CacheTelemetry,
  ) {}

  async get<I, T>(namespace: Namespace<I, T>, input: I, options: CallOptions = {}): Promise<T | null> {
    const startedMs = performance.now();
    const key = this.repository.key(namespace, input);
    const entry = this.local.of(namespace)?.get<T>(key, startedMs);
    if (entry) {
      this.telemetry.lookedUp(namespace, key, localHit, startedMs);
      return entry.value ?? null;
    }
    const [read] = await this.store.read(this.budgetOf(options), namespace, [newLookup<I, T>(input, key)]);
    const result = read && toResult(read.reading);
    this.telemetry.lookedUp(namespace, key, result ?? miss, startedMs);
    return result?.value ?? null;
  }

  async getMany<I, T>(
    namespace: Namespace<I, T>,
    inputs: readonly I[],
    options: CallOptions = {},
  ): Promise<(T | null)[]> {
    const startedMs = performance.now();
    const tier = this.local.of(namespace);
    const lookups = inputs.map((input) => newLookup<I, T>(input, this.repository.key(namespace, input)));
    const values = new Map<string, T | null>();
    const missing = lookups.filter(({ key }) => {
      const entry = tier?.get<T>(key, startedMs);
      if (!entry) return true;
      values.set(key, entry.value ?? null);
      this.telemetry.lookedUp(namespace, key, localHit, startedMs);
      return false;
    });
    if (missing.length > 0) {
      for (const { key, reading } of await this.store.read(this.budgetOf(options), namespace, missing)) {
        const result = toResult(reading);
        values.set(key, result?.value ?? null);
        this.telemetry.lookedUp(namespace, key, result ?? miss, startedMs);
      }
    }
    return lookups.map(({ key }) => values.get(key) ?? null);
  }

  async set<I, T>(namespace: Namespace<I, T>, input: I, value: T, options?: SetOptions): Promise<boolean> {
    return this.setMany(namespace, [[input, value]], options);
  }

  async setMany<I, T>(
    namespace: Namespace<I, T>,
    entries: readonly (readonly [input: I, value: T])[],
    options: SetOptions = {},
  ): Promise<boolean> {
    const freshMs = this.ttls.toMs(options.ttlSeconds ?? namespace.ttl);
    // The last entry of a key wins.
    const writes = new Map<string, Write<I, T>>();
    for (const [input, value] of entries) {
      const key = this.repository.key(namespace, input);
      writes.set(key, { input, key, value, freshMs, replace: true, cause: 'set' });
    }
    const written = await this.store.write(this.budgetOf(options), namespace, [...writes.values()]);
    return written.every(({ result }) => result === 'stored' || result === 'kept');
  }

  async delete<I>(
    namespace: Namespace<I, unknown>,
    inputs: readonly I[],
    options: CallOptions = {},
  ): Promise<number | null> {
    const startedMs = performance.now();
    const keys = inputs.map((input) => this.repository.key(namespace, input));
    const tier = this.local.of(namespace);
    for (const key of keys) tier?.invalidate(key);
    const outcome = await this.repository.delete(this.budgetOf(options), keys);
    for (const key of keys) this.telemetry.changed('delete', namespace, key, outcome, startedMs);
    return outcome.status === 'ok' ? outcome.value : null;
  }

  exists<I>(namespace: Namespace<I, unknown>, input: I, options: CallOptions = {}): Promise<boolean> {
    return this.repository.exists(this.budgetOf(options), this.repository.key(namespace, input));
  }

  async expire<I>(
    namespace: Namespace<I, unknown>,
    input: I,
    ttlSeconds: Ttl,
    options: CallOptions = {},
  ): Promise<boolean> {
    const ttlMs = this.ttls.toMs(ttlSeconds);
    return this.repository.expire(this.budgetOf(options), this.repository.key(namespace, input), ttlMs);
  }

  async ttl<I>(
    namespace: Namespace<I, unknown>,
    input: I,
    options: CallOptions = {},
  ): Promise<number | null> {
    const ttlMs = await this.repository.ttlMs(this.budgetOf(options), this.repository.key(namespace, input));
    return ttlMs === null ? null : ttlMs / 1000;
  }

  async increment<I>(
    namespace: Namespace<I, string>,
    input: I,
    amount: number,
    options: CallOptions = {},
  ): Promise<number | null> {
    const startedMs = performance.now();
    const key = this.repository.key(namespace, input);
    this.local.of(namespace)?.invalidate(key);
    const ttlMs = this.ttls.toMs(namespace.ttl);
    const outcome = await this.repository.increment(this.budgetOf(options), key, amount, ttlMs);
    this.telemetry.changed('increment', namespace, key, outcome, startedMs);
    return outcome.status === 'ok' ? Number(outcome.value) : null;
  }

  private budgetOf({ budget }: CallOptions) {
    return budget ?? this.repository.newBudget();
  }
}
