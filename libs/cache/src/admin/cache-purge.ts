import { Injectable } from '@nestjs/common';
import { escapeGlob, InjectRedis, progressOf, RedisClient } from '@app/redis';
import { registeredKeyPrefixes } from '../key-prefixes.js';

export interface PurgeProgress {
  readonly matched: number;
  readonly deleted: number;
}

export interface PurgeOptions {
  /** Whether to count the matches without deleting them. */
  readonly dryRun: boolean;
  readonly signal: AbortSignal;
}

/** Keys per SCAN step, and the share of the time that a purge may use; the rest is left to other clients. */
const scanCount = 25;
const duty = 0.95;

/** Deletes cached values by pattern, with SCAN and UNLINK on every master, throttled. KEYS is never sent. */
@Injectable()
export class CachePurge {
  constructor(@InjectRedis('cache') private readonly redis: RedisClient) {}

  /**
   * Yields the progress after each page, and the totals at the end.
   *
   * @param pattern a glob (`*`, `?`, `[…]`; `\\` escapes) relative to `{env}:`, such as `emb:*`. It matches cached values only:
   * sessions, trending movies, rate limits, and locks cannot be deleted.
   * @throws RangeError for a pattern that does not begin with a namespace's first key part, RedisUnavailableError, and
   * the signal's reason once it is aborted
   */
  async *deletePattern(pattern: string, { dryRun, signal }: PurgeOptions): AsyncGenerator<PurgeProgress> {
    const environment = `${this.redis.keys.environment}:`;
    const relative = pattern.startsWith(environment) ? pattern.slice(environment.length) : pattern;
    const prefixes = registeredKeyPrefixes().map((part) => `${part}:`);
    if (!prefixes.some((prefix) => relative.startsWith(prefix))) {
      throw new RangeError(`must begin with one of ${prefixes.join(', ')}`);
    }
    let matched = 0;
    let deleted = 0;
    const options = { pattern: escapeGlob(environment) + relative, count: scanCount, duty, signal };
    yield* progressOf<PurgeProgress>((report) =>
      this.redis.walk(options, async (keys, unlink) => {
        matched += keys.length;
        if (!dryRun) deleted += await unlink();
        report({ matched, deleted });
      }),
    );
    yield { matched, deleted };
  }
}
