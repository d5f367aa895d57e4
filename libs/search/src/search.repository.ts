import { createHash } from 'node:crypto';
import { Injectable } from '@nestjs/common';
import {
  type CacheResult,
  CacheService,
  defineNamespace,
  type GetOrLoadOptions,
  jsonCodec,
  type LoadOne,
  type Namespace,
} from '@app/cache';
import { MarqueeConfig } from '@app/config';
import type { SearchSubject } from './pipeline/search-request.js';
import { isRankedAnswer, type RankedAnswer } from './ranked-answer.js';

/**
 * Part of the cache key. Increment it when the shape of a cached answer changes or movies are ranked differently, so that
 * outdated answers are not served.
 */
export const SEARCH_VERSION = 1;

const FRESH_SECONDS = 300;
const STALE_SECONDS = 3_600;
const LOCAL_TTL_SECONDS = 300;

/** Identifies a cached answer. */
export interface AnswerInput {
  readonly indexVersion: string;
  readonly subject: SearchSubject;
  readonly hash: string;
}

/**
 * Caches what was found, in `{env}:search:v{N}:{indexVersion}:{hash}`: fresh for 5 minutes, and for another hour while it is
 * refreshed or while something fails.
 */
@Injectable()
export class SearchRepository {
  private readonly namespace: Namespace<AnswerInput, RankedAnswer>;

  constructor(
    private readonly cache: CacheService,
    config: MarqueeConfig,
  ) {
    const { localBytes } = config.cache;
    this.namespace = defineNamespace({
      name: 'search',
      prefix: ['search', `v${SEARCH_VERSION}`],
      keyOf: ({ indexVersion, hash }: AnswerInput) => [indexVersion, hash],
      codec: jsonCodec(isRankedAnswer),
      ttlSeconds: FRESH_SECONDS,
      staleSeconds: STALE_SECONDS,
      localTtlSeconds: localBytes > 0 ? LOCAL_TTL_SECONDS : 0,
      localBytes,
    });
  }

  /** Returns the cached answer, or what `load` returns. */
  getOrLoad(
    input: AnswerInput,
    load: LoadOne<AnswerInput, RankedAnswer>,
    options: GetOrLoadOptions,
  ): Promise<CacheResult<RankedAnswer>> {
    return this.cache.getOrLoadOne(this.namespace, input, load, options);
  }
}

/** Returns the SHA-256 of a subject, in which the order of filters, genres, people and excluded movies does not matter. */
export function hashOf(subject: SearchSubject): string {
  return createHash('sha256')
    .update(JSON.stringify(canonical(subject)), 'utf8')
    .digest('hex');
}

function canonical(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(canonical).toSorted(byText);
  if (typeof value !== 'object' || value === null) return value;
  const entries = Object.entries(value).filter(([, member]) => member !== undefined);
  return entries.map(([name, member]) => [name, canonical(member)]).toSorted(byText);
}

const byText = (a: unknown, b: unknown): number => {
  const [left, right] = [JSON.stringify(a), JSON.stringify(b)];
  return left < right ? -1 : Number(left > right);
};
