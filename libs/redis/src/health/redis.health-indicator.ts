import { Injectable } from '@nestjs/common';
import { HealthIndicatorService } from '@nestjs/terminus';
import { RedisClient } from '../redis-client.js';

/** The word that `GET /v1/health` uses. */
export type RedisStatus = 'healthy' | 'unhealthy' | 'not_initialized' | 'error';

/** Redis as Terminus sees it. Marquee serves without Redis, so an outage is `degraded`, never `down`. */
@Injectable()
export class RedisHealthIndicator {
  constructor(
    private readonly redis: RedisClient,
    private readonly indicators: HealthIndicatorService,
  ) {}

  async isHealthy(key: string) {
    const check = this.indicators.check(key);
    const { status, cause } = await this.probe();
    const details = { redis_status: status, address: this.redis.description, ...(cause ? { cause } : {}) };
    return status === 'healthy' ? check.up(details) : check.degraded(details);
  }

  async status(): Promise<RedisStatus> {
    return (await this.probe()).status;
  }

  private async probe(): Promise<{ status: RedisStatus; cause?: string }> {
    if (!this.redis.isInitialized) return { status: 'not_initialized' };
    const outcome = await this.redis.ping(this.redis.newBudget());
    switch (outcome.status) {
      case 'ok':
        return { status: 'healthy' };
      case 'timeout':
        return { status: 'unhealthy', cause: 'no answer within the budget' };
      case 'unavailable':
        return { status: 'unhealthy', cause: outcome.fault.code };
      case 'error':
        return { status: 'error', cause: outcome.fault.code };
      case 'miss':
        return { status: 'error', cause: 'PING had no reply' };
    }
  }
}
