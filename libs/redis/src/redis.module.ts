import { Global, Module } from '@nestjs/common';
import { TerminusModule } from '@nestjs/terminus';
import { MarqueeConfig } from '@app/config';
import { RedisHealthIndicator } from './health/redis.health-indicator.js';
import { RedisClient } from './redis-client.js';

/** Provides the pooled client to every repository. */
@Global()
@Module({
  imports: [TerminusModule],
  providers: [
    {
      provide: RedisClient,
      useFactory: (config: MarqueeConfig) => new RedisClient(config),
      inject: [MarqueeConfig],
    },
    RedisHealthIndicator,
  ],
  exports: [RedisClient, RedisHealthIndicator],
})
export class RedisModule {}
