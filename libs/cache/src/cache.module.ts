import { Module } from '@nestjs/common';
import { CacheInspector } from './admin/cache-inspector.js';
import { CachePurge } from './admin/cache-purge.js';
import { CacheService } from './cache.service.js';
import { CacheLookups } from './load/cache-lookups.js';
import { Etags } from './load/etags.js';
import { FleetLocks } from './load/fleet-locks.js';
import { Followers } from './load/followers.js';
import { Loader } from './load/loader.js';
import { Refresher } from './load/refresher.js';
import { Upstream } from './load/upstream.js';
import { CacheTelemetry } from './telemetry/cache-telemetry.js';
import { CacheMetrics } from './telemetry/cache.metrics.js';
import { CacheRepository } from './tiers/cache.repository.js';
import { InFlightLoads } from './tiers/in-flight-loads.js';
import { CacheInvalidation } from './tiers/invalidation.js';
import { LocalTiers } from './tiers/local-tiers.js';
import { StoreHistory } from './tiers/store-history.js';
import { TieredStore } from './tiers/tiered-store.js';
import { CacheTtls } from './ttl.js';
import { CacheValues } from './values/cache-values.js';

const tiers = [CacheRepository, InFlightLoads, CacheInvalidation, LocalTiers, StoreHistory, TieredStore];
const loading = [CacheLookups, Etags, FleetLocks, Followers, Loader, Refresher, Upstream];

@Module({
  providers: [
    ...tiers,
    ...loading,
    CacheInspector,
    CacheMetrics,
    CachePurge,
    CacheService,
    CacheTelemetry,
    CacheTtls,
    CacheValues,
  ],
  exports: [CacheInspector, CacheService],
})
export class CacheModule {}
