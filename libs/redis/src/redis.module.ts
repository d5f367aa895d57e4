import { type FactoryProvider, Global, Module } from '@nestjs/common';
import { TerminusModule } from '@nestjs/terminus';
import type { RedisTargetName } from '@app/config';
import { RedisHealthIndicator } from './health/redis.health-indicator.js';
import { ServerInfoService } from './health/server-info.js';
import { RedisMetrics } from './redis.metrics.js';
import { RedisTargets, redisTargetToken } from './targets/redis-targets.js';

const clientProvider = (name: RedisTargetName): FactoryProvider => ({
  provide: redisTargetToken(name),
  useFactory: (targets: RedisTargets) => targets.client(name),
  inject: [RedisTargets],
});

const clientProviders = [clientProvider('cache'), clientProvider('sessions'), clientProvider('limits')];

/** Provides the client of each target to all repositories. */
@Global()
@Module({
  imports: [TerminusModule],
  providers: [RedisMetrics, RedisTargets, ServerInfoService, RedisHealthIndicator, ...clientProviders],
  exports: [RedisTargets, RedisHealthIndicator, ServerInfoService, ...clientProviders],
})
export class RedisModule {}
