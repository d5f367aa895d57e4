import { Injectable } from '@nestjs/common';
import { escapeGlob, progressOf } from '@app/redis';
import { CacheRepository } from '../cache.repository.js';
import { cachedKinds } from '../cached-kinds.js';

export interface PurgeProgress {
  readonly matched: number;
  readonly deleted: number;
}

export interface PurgeOptions {
  /** Count what matches and delete nothing. */
  readonly dryRun: boolean;
  readonly signal: AbortSignal;
}

/** Keys looked at a step, and the share of time in which the purge works: other clients have the rest. */
const scanCount = 25;
const duty = 0.95;

/** Deletes cached values by pattern: SCAN and UNLINK on every master, at a pace that others do not feel; never KEYS. */
@Injectable()
export class CachePurgeService {
  constructor(private readonly repository: CacheRepository) {}

  /**
   * Yields its progress after every page, and at last the sums.
   *
   * @param pattern a glob (`*`, `?`, `[…]`, `\\` before a literal one) below `{env}:`, such as `emb:*`. Only cached values
   *   are ever deleted: sessions, trending, limits and locks are out of its reach.
   * @throws RangeError for a pattern that is no cached kind's, RedisUnavailableError, the signal's reason when aborted
   */
  async *deletePattern(pattern: string, { dryRun, signal }: PurgeOptions): AsyncGenerator<PurgeProgress> {
    const { redis } = this.repository;
    const environment = `${redis.keys.environment}:`;
    const below = pattern.startsWith(environment) ? pattern.slice(environment.length) : pattern;
    if (!cachedKinds.some((kind) => below.startsWith(`${kind}:`))) {
      throw new RangeError(`must begin with one of ${cachedKinds.map((kind) => `${kind}:`).join(', ')}`);
    }
    let matched = 0;
    let deleted = 0;
    const match = escapeGlob(environment) + below;
    yield* progressOf<PurgeProgress>((report) =>
      redis.walk({ pattern: match, count: scanCount, duty, signal }, async (keys, unlink) => {
        matched += keys.length;
        if (!dryRun) deleted += await unlink();
        report({ matched, deleted });
      }),
    );
    yield { matched, deleted };
  }
}
