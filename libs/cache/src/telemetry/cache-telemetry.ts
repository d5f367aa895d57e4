import { Injectable } from '@nestjs/common';
import { MarqueeConfig } from '@app/config';
import type { Outcome } from '@app/redis';
import { CacheLoadTimeoutError } from '../cache.errors.js';
import type { CacheOutcome, CacheTier } from '../cache-result.js';
import type { Lookup } from '../lookup.js';
import type { Written } from '../tiers/write.js';
import { CacheLog } from './cache-log.js';
import { CacheMetrics } from './cache.metrics.js';

interface Named {
  readonly name: string;
}

/** Records what the cache does: metrics always, log lines only at the debug level. */
@Injectable()
export class CacheTelemetry {
  private readonly log: CacheLog | undefined;

  constructor(
    private readonly metrics: CacheMetrics,
    { log }: MarqueeConfig,
  ) {
    this.log = CacheLog.for(log.level);
  }

  /** Records that a lookup ended. */
  lookedUp(
    { name }: Named,
    key: string,
    { outcome, tier }: { readonly outcome: CacheOutcome; readonly tier: CacheTier },
    startedMs: number,
  ): void {
    const durationMs = performance.now() - startedMs;
    this.metrics.lookedUp(name, outcome, durationMs);
    this.log?.lookedUp(name, outcome, tier, key, durationMs);
  }

  /** Records that a load failed or took too long, and with it the lookups that waited for it. */
  failed(
    namespace: Named,
    lookups: readonly { readonly key: string }[],
    error: unknown,
    startedMs: number,
  ): void {
    const outcome = error instanceof CacheLoadTimeoutError ? 'timeout' : 'error';
    for (const { key } of lookups) this.lookedUp(namespace, key, { outcome, tier: 'upstream' }, startedMs);
  }

  /** Records that values were loaded from the upstream. */
  loaded({ name }: Named, items: number, startedMs: number): void {
    this.metrics.loaded(name, { items, durationMs: performance.now() - startedMs, tokens: 0, usd: 0 });
  }

  /** Records that values were requested from Redis. */
  read({ name }: Named, lookups: readonly Lookup<unknown, unknown>[], startedMs: number): void {
    if (!this.log) return;
    const durationMs = performance.now() - startedMs;
    for (const { key, reading } of lookups) {
      if (reading.state !== 'unknown') continue;
      this.log.write({
        event: 'error',
        namespace: name,
        tier: 'redis',
        key,
        durationMs,
        result: 'redis-away',
      });
    }
  }

  /** Records that values were written to Redis. */
  stored({ name }: Named, written: readonly Written<unknown, unknown>[], startedMs: number): void {
    for (const { result } of written) if (result === 'too-large') this.metrics.tooLarge(name);
    if (!this.log) return;
    const durationMs = performance.now() - startedMs;
    for (const { key, result } of written) {
      const event = result === 'failed' ? 'error' : 'set';
      this.log.write({ event, namespace: name, tier: 'redis', key, durationMs, result });
    }
  }

  /** Records that a key was deleted or incremented. */
  changed(
    event: 'delete' | 'increment',
    { name }: Named,
    key: string,
    { status }: Outcome<unknown>,
    startedMs: number,
  ): void {
    if (!this.log) return;
    const operation = {
      namespace: name,
      tier: 'redis',
      key,
      durationMs: performance.now() - startedMs,
    } as const;
    if (status === 'ok') this.log.write({ event, ...operation });
    else this.log.write({ event: 'error', ...operation, result: `${event} ${status}` });
  }
}
