import { Module } from '@nestjs/common';
import { CacheMetrics } from './cache.metrics.js';
import { CacheRepository } from './cache.repository.js';
import { CacheService } from './cache.service.js';
import { CachePurgeService } from './purge/cache-purge.service.js';

@Module({
  providers: [CacheMetrics, CacheRepository, CacheService, CachePurgeService],
  exports: [CacheService, CachePurgeService],
})
export class CacheModule {}
