export { CacheModule } from './cache.module.js';
export { CacheLoadTimeoutError } from './cache.errors.js';
export type { LoadMany } from './cache-fetcher.js';
export { CacheRepository } from './cache.repository.js';
export { CacheMetrics, type NamespaceStats } from './cache.metrics.js';
export { Cached, CacheEvict } from './decorators/cached.decorator.js';
export { CachePurgeService, type PurgeProgress } from './purge/cache-purge.service.js';
export {
  type CacheEntryInfo,
  CacheService,
  type GetOrSetOptions,
  type KeyPart,
  type SetOptions,
} from './cache.service.js';
export {
  type CacheAnswer,
  type CacheOutcome,
  cacheStatus,
  type CacheSummary,
  type CacheTier,
  summarize,
} from './cache-answer.js';
export { Failed, type Loaded, notModified, type Previous, Tagged, Unstored } from './revalidation.js';
export { bytesCodec, type Codec, float32Codec, jsonCodec, jsonTextCodec, stringCodec } from './codecs.js';
export {
  defineNamespace,
  LONG_TTL_SECONDS,
  Namespace,
  type NamespaceOptions,
  SESSION_TTL_SECONDS,
  SHORT_TTL_SECONDS,
} from './namespace.js';
