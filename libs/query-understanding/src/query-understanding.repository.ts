import { createHash } from 'node:crypto';
import { Injectable } from '@nestjs/common';
import {
  type CacheResult,
  CacheService,
  defineNamespace,
  type GetOrLoadOptions,
  jsonCodec,
  type Loaded,
  type Namespace,
} from '@app/cache';
import { LONG_TTL_SECONDS, MarqueeConfig } from '@app/config';
import { QU_VERSION, type Understanding, understandingSchema } from './understanding.js';

export const UNDERSTANDING_TTL_SECONDS = LONG_TTL_SECONDS;
/** Local copies expire so that a purge reaches every process even without invalidation. */
const LOCAL_TTL_SECONDS = 300;

/** Caches understandings as JSON in `{env}:qu:v{N}:{SHA-256 of the normalized query}` for one day. */
@Injectable()
export class QueryUnderstandingRepository {
  private readonly namespace: Namespace<string, Understanding>;

  constructor(
    private readonly cache: CacheService,
    config: MarqueeConfig,
  ) {
    const { localBytes } = config.cache;
    this.namespace = defineNamespace({
      name: 'understanding',
      prefix: ['qu', `v${QU_VERSION}`],
      keyOf: (normalized: string) => createHash('sha256').update(normalized, 'utf8').digest('hex'),
      codec: jsonCodec((value): value is Understanding => understandingSchema.safeParse(value).success),
      ttlSeconds: UNDERSTANDING_TTL_SECONDS,
      // Other programs rely on the exact TTL, so popular queries are refreshed before it ends.
      jitter: 0,
      refreshJitter: 0.1,
      earlyRefreshBeta: 1,
      localTtlSeconds: localBytes > 0 ? LOCAL_TTL_SECONDS : 0,
      localBytes,
    });
  }

  /** Returns the cached understanding of a normalized query, or what `create` returns. */
  getOrCreate(
    normalized: string,
    create: () => Promise<Loaded<Understanding>>,
    options: GetOrLoadOptions,
  ): Promise<CacheResult<Understanding>> {
    return this.cache.getOrLoadOne(this.namespace, normalized, create, options);
  }

  /** Adds tokens that a language model has cost to the savings statistics. */
  recordTokens(tokens: number): void {
    this.cache.recordCost(this.namespace, { tokens, usd: 0 });
  }
}
