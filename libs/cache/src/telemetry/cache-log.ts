import { createHash } from 'node:crypto';
import { Logger } from '@nestjs/common';
import type { CacheOutcome, CacheTier } from '../cache-result.js';

/** What the cache did. */
export type CacheEvent = 'hit' | 'miss' | 'stale' | 'bypass' | 'set' | 'delete' | 'increment' | 'error';

interface CacheOperation {
  readonly event: CacheEvent;
  readonly namespace: string;
  readonly tier: CacheTier;
  readonly key: string;
  readonly durationMs: number;
  /** More detail than the event gives. */
  readonly result?: string;
}

const events: Readonly<Record<CacheOutcome, CacheEvent>> = {
  local_hit: 'hit',
  redis_hit: 'hit',
  negative: 'hit',
  stale: 'stale',
  miss: 'miss',
  coalesced: 'miss',
  bypass: 'bypass',
  timeout: 'error',
  error: 'error',
};

/**
 * Writes a debug line for each operation on a key. It exists only at log levels that show debug lines: callers hold a
 * `CacheLog | undefined`, so that nothing is measured, hashed, or built for lines that are not written.
 */
export class CacheLog {
  private readonly logger = new Logger('Cache');

  private constructor() {}

  /** @param level `LOG_LEVEL` */
  static for(level: string): CacheLog | undefined {
    return level === 'debug' || level === 'trace' ? new CacheLog() : undefined;
  }

  lookedUp(namespace: string, outcome: CacheOutcome, tier: CacheTier, key: string, durationMs: number): void {
    this.write({ event: events[outcome], namespace, tier, key, durationMs, result: outcome });
  }

  /** Writes a line. The key is hashed because it may contain what a viewer typed; values are never logged. */
  write({ event, namespace, tier, key, durationMs, result }: CacheOperation): void {
    this.logger.debug({
      msg: `${event} ${namespace}`,
      event,
      namespace,
      tier,
      keyHash: hashOf(key),
      durationMs: Math.round(durationMs * 100) / 100,
      ...(result === undefined ? {} : { result }),
    });
  }
}

/** The first 16 hex digits of the key's SHA-256: `printf %s KEY | sha256sum | cut -c1-16`. */
const hashOf = (key: string): string => createHash('sha256').update(key).digest('hex').slice(0, 16);
