import { createHash } from 'node:crypto';
import { Injectable } from '@nestjs/common';
import {
  type CacheAnswer,
  CacheService,
  defineNamespace,
  jsonCodec,
  type Loaded,
  type Namespace,
} from '@app/cache';
import { MarqueeConfig } from '@app/config';
import type { RedisBudget } from '@app/redis';
import { QU_VERSION, type Understanding, understandingSchema } from './understanding.js';

export const UNDERSTANDING_TTL_SECONDS = 86_400;
/** A copy is short-lived only so that a purge without an invalidation reaches every process. */
const LOCAL_TTL_SECONDS = 300;

/** Understandings in the cache: `{env}:qu:v{N}:{SHA-256 of the normalized query}`, JSON, one day. */
@Injectable()
export class QueryUnderstandingRepository {
  private readonly namespace: Namespace<Understanding>;

  constructor(
    private readonly cache: CacheService,
    config: MarqueeConfig,
  ) {
    const { localBytes } = config.cache;
    this.namespace = defineNamespace({
      name: 'understanding',
      codec: jsonCodec((value): value is Understanding => understandingSchema.safeParse(value).success),
      ttlSeconds: UNDERSTANDING_TTL_SECONDS,
      // Other programs count on the day.
      jitter: 0,
      localTtlSeconds: localBytes > 0 ? LOCAL_TTL_SECONDS : 0,
      localBytes,
      keyParts: (parts) => ['qu', `v${QU_VERSION}`, ...parts],
    });
  }

  getOrMake(
    budget: RedisBudget,
    normalized: string,
    make: () => Promise<Loaded<Understanding>>,
    refresh: boolean,
  ): Promise<CacheAnswer<Understanding>> {
    const hash = createHash('sha256').update(normalized, 'utf8').digest('hex');
    return this.cache.getOrSet(this.namespace, hash, make, { budget, refresh });
  }

  /** Counts tokens that a language model has cost, for the savings ledger. */
  spent(tokens: number): void {
    this.cache.spent('understanding', tokens, 0);
  }
}
