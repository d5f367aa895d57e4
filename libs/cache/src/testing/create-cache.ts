import { toMarqueeConfig, validateEnvironment } from '@app/config';
import type { RedisClient } from '@app/redis';
import { Registry } from 'prom-client';
import { CacheInspector } from '../admin/cache-inspector.js';
import { CachePurge } from '../admin/cache-purge.js';
import { CacheService } from '../cache.service.js';
import { CacheLookups } from '../load/cache-lookups.js';
import { Etags } from '../load/etags.js';
import { FleetLocks } from '../load/fleet-locks.js';
import { Followers } from '../load/followers.js';
import { Loader } from '../load/loader.js';
import { Refresher } from '../load/refresher.js';
import { Upstream } from '../load/upstream.js';
import { CacheTelemetry } from '../telemetry/cache-telemetry.js';
import { CacheMetrics } from '../telemetry/cache.metrics.js';
import { CacheRepository } from '../tiers/cache.repository.js';
import { InFlightLoads } from '../tiers/in-flight-loads.js';
import { CacheInvalidation } from '../tiers/invalidation.js';
import { LocalTiers } from '../tiers/local-tiers.js';
import { StoreHistory } from '../tiers/store-history.js';
import { TieredStore } from '../tiers/tiered-store.js';
import { CacheTtls } from '../ttl.js';
import { CacheValues } from '../values/cache-values.js';

export interface TestCache {
  readonly cache: CacheService;
  readonly inspector: CacheInspector;
  readonly registry: Registry;
}

/** Creates the cache that one process has, on this client, and starts listening for invalidations. */
export function createCache(client: RedisClient, variables: Record<string, string> = {}): TestCache {
  const config = toMarqueeConfig(validateEnvironment(variables));
  const registry = new Registry();
  const metrics = new CacheMetrics(registry);
  const telemetry = new CacheTelemetry(metrics, config);
  const repository = new CacheRepository(client);
  const local = new LocalTiers();
  const history = new StoreHistory();
  const store = new TieredStore(repository, local, history, telemetry, config);
  const ttls = new CacheTtls(config);
  const etags = new Etags();
  const locks = new FleetLocks(client);
  const followers = new Followers(repository, store, locks);
  const upstream = new Upstream(store, etags, ttls, telemetry);
  const refresher = new Refresher(repository, locks, upstream, etags, ttls, metrics);
  const loader = new Loader(store, locks, followers, refresher, upstream);
  const lookups = new CacheLookups(repository, local, new InFlightLoads(), loader, telemetry);
  const values = new CacheValues(repository, store, local, ttls, telemetry);
  new CacheInvalidation(repository, local, followers).onApplicationBootstrap();
  return {
    cache: new CacheService(values, lookups, new CachePurge(client), repository, metrics),
    inspector: new CacheInspector(repository, local, history, metrics),
    registry,
  };
}
