import { Module } from '@nestjs/common';
import { CacheMetrics } from './cache.metrics.js';
import { CacheRepository } from './cache.repository.js';
import { CacheService } from './cache.service.js';

@Module({
  providers: [CacheMetrics, CacheRepository, CacheService],
  exports: [CacheService],
})
export class CacheModule {}
