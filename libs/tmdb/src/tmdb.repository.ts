import { Injectable } from '@nestjs/common';
import {
  CacheService,
  type CacheAnswer,
  defineNamespace,
  jsonTextCodec,
  type LoadMany,
  type Namespace,
} from '@app/cache';
import { MarqueeConfig } from '@app/config';
import { InjectRedis, type RedisBudget, RedisClient } from '@app/redis';

/** The key's whole life, and so the hard cap on a movie's age. */
export const MOVIE_TTL_SECONDS = 86_400;
/** Of that, the time in which a movie is only served while it is refreshed, or while TMDB fails. */
const STALE_SECONDS = 21_600;
const NOT_FOUND_SECONDS = 300;
/** A copy is short-lived only so that a purge without an invalidation reaches every process. */
const LOCAL_TTL_SECONDS = 300;

/** Movies in the cache: `{env}:tmdb:movie:{id}`, JSON, one day. */
@Injectable()
export class TmdbRepository {
  private readonly namespace: Namespace<string>;

  constructor(
    private readonly cache: CacheService,
    @InjectRedis('cache') private readonly redis: RedisClient,
    config: MarqueeConfig,
  ) {
    const { localBytes } = config.cache;
    this.namespace = defineNamespace({
      name: 'movie',
      codec: jsonTextCodec(isMovie),
      ttlSeconds: MOVIE_TTL_SECONDS - STALE_SECONDS,
      staleSeconds: STALE_SECONDS,
      negativeTtlSeconds: NOT_FOUND_SECONDS,
      // Other programs count on the day.
      jitter: 0,
      localTtlSeconds: localBytes > 0 ? LOCAL_TTL_SECONDS : 0,
      localBytes,
      keyParts: (parts) => ['tmdb', 'movie', ...parts],
    });
  }

  /** One answer an id, in order: the movie's JSON, undefined where there is none. */
  getOrLoad(
    budget: RedisBudget,
    ids: readonly number[],
    load: LoadMany<string>,
  ): Promise<CacheAnswer<string>[]> {
    return this.cache.getOrSetMany(
      this.namespace,
      ids.map((id) => `${id}`),
      load,
      { budget },
    );
  }

  /** Forgets movies; how many there were. Undefined when Redis is away. */
  async drop(ids: readonly number[]): Promise<number | undefined> {
    const keys = ids.map((id) => this.namespace.key(this.redis.keys, [`${id}`]));
    const outcome = await this.redis.delete(this.redis.newBudget(), keys);
    return outcome.status === 'ok' ? outcome.value : undefined;
  }
}

function isMovie(value: unknown): boolean {
  return typeof value === 'object' && value !== null && Number.isInteger((value as { id?: unknown }).id);
}
