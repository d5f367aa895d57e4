export { CacheModule } from './cache.module.js';
export { CacheLoadTimeoutError } from './cache.errors.js';
export { CacheRepository } from './cache.repository.js';
export { CacheMetrics, type NamespaceStats } from './cache.metrics.js';
export { CacheService, type GetOrSetOptions, type KeyPart } from './cache.service.js';
export { type Cached, type CacheOutcome, cacheStatus } from './cached.js';
export { bytesCodec, type Codec, float32Codec, jsonCodec, stringCodec } from './codecs.js';
export {
  defineNamespace,
  LONG_TTL_SECONDS,
  Namespace,
  type NamespaceOptions,
  SESSION_TTL_SECONDS,
  SHORT_TTL_SECONDS,
} from './namespace.js';
