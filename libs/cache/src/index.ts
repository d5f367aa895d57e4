export { type CacheEntryInfo, CacheInspector, type CacheStats } from './admin/cache-inspector.js';
export type { PurgeOptions, PurgeProgress } from './admin/cache-purge.js';
export { CacheLoadTimeoutError } from './cache.errors.js';
export { CacheModule } from './cache.module.js';
export {
  type CacheOutcome,
  type CacheResult,
  cacheStatus,
  type CacheSummary,
  type CacheTier,
  summarize,
} from './cache-result.js';
export { CacheService } from './cache.service.js';
export type { CallOptions, GetOrLoadOptions, SetOptions } from './call-options.js';
export {
  bytesCodec,
  type Codec,
  float32Codec,
  isFiniteVector,
  jsonCodec,
  jsonTextCodec,
  type PlainCodec,
  sizedFloat32Codec,
  stringCodec,
} from './codecs.js';
export {
  Failed,
  type Load,
  type Loaded,
  type LoadOne,
  notModified,
  Tagged,
  Unstored,
} from './load/loaded.js';
export type { Lookup, Previous } from './lookup.js';
export {
  defineNamespace,
  type KeyParts,
  Namespace,
  type NamespaceOptions,
  type PlainNamespaceOptions,
} from './namespace.js';
export type { NamespaceStats } from './telemetry/cache.metrics.js';
export type { Ttl } from './ttl.js';
export { Cached, CacheEvict } from './values/cached.decorator.js';
