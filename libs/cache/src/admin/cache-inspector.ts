import { Injectable } from '@nestjs/common';
import type { CallOptions } from '../call-options.js';
import { CacheMetrics, type NamespaceStats } from '../telemetry/cache.metrics.js';
import { CacheRepository } from '../tiers/cache.repository.js';
import { LocalTiers, type LocalTierStats } from '../tiers/local-tiers.js';
import { StoreHistory } from '../tiers/store-history.js';

/** Where a key is cached, and how it got there. */
export interface CacheEntryInfo {
  readonly key: string;
  /** The version part of the key; null if it has none. */
  readonly version: string | null;
  readonly tier: 'local' | 'redis' | 'none';
  readonly redisAnswered: boolean;
  readonly bytes: number | null;
  /** Null for no key, or a key without a TTL. */
  readonly ttlSeconds: number | null;
  readonly localTtlSeconds: number | null;
  /** What this process last stored under the key; null if it stored nothing, or too long ago. */
  readonly stored: { readonly at: string; readonly ageSeconds: number; readonly cause: string } | null;
}

export interface CacheStats {
  readonly namespaces: Record<string, NamespaceStats>;
  readonly local: Record<string, LocalTierStats>;
  /** Whether this process is notified of changes in Redis. */
  readonly invalidation: boolean;
}

/** Shows administrators what is in the cache. */
@Injectable()
export class CacheInspector {
  constructor(
    private readonly repository: CacheRepository,
    private readonly local: LocalTiers,
    private readonly history: StoreHistory,
    private readonly metrics: CacheMetrics,
  ) {}

  /** Returns the outcomes, the savings, and the local tier of each namespace. */
  stats(): CacheStats {
    return {
      namespaces: this.metrics.stats(),
      local: this.local.stats(),
      invalidation: this.repository.isTracking,
    };
  }

  /** Returns where a key is cached, its TTLs, and what stored it last. */
  async inspect(key: string, options: CallOptions = {}): Promise<CacheEntryInfo> {
    const nowMs = performance.now();
    const local = this.local.find(key, nowMs);
    const { budget = this.repository.newBudget() } = options;
    const { redisAnswered, exists, bytes, ttlSeconds } = await this.repository.inspect(budget, key);
    const last = this.history.of(key);
    return {
      key,
      version: /:(v\d+):/.exec(key)?.[1] ?? null,
      tier: local ? 'local' : exists ? 'redis' : 'none',
      redisAnswered,
      bytes,
      ttlSeconds,
      localTtlSeconds: local ? (local.usableUntilMs - nowMs) / 1000 : null,
      stored: last
        ? {
            at: new Date(last.atMs).toISOString(),
            ageSeconds: (Date.now() - last.atMs) / 1000,
            cause: last.cause,
          }
        : null,
    };
  }
}
