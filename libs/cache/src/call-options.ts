import type { RedisBudget } from '@app/redis';
import type { Ttl } from './ttl.js';

/** Options of every call to the cache. */
export interface CallOptions {
  /** The Redis time that the request may still spend. Default: a new budget. */
  readonly budget?: RedisBudget | undefined;
}

export interface SetOptions extends CallOptions {
  /** Overrides the namespace's TTL: seconds, or `'long'` for `CACHE_TTL_LONG_SECONDS`. */
  readonly ttlSeconds?: Ttl | undefined;
}

export interface GetOrLoadOptions extends CallOptions {
  /** Whether to load fresh values although there are some (`Cache-Control: no-cache`). Default false. */
  readonly refresh?: boolean | undefined;
}
