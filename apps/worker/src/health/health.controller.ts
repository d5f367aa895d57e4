import { Controller, Get } from '@nestjs/common';
import { HealthCheck, HealthCheckService } from '@nestjs/terminus';
import { RedisHealthIndicator } from '@app/redis';
import { ConsumersHealthIndicator } from './consumers.health-indicator.js';
import { JobsHealthIndicator } from './jobs.health-indicator.js';

/** Probes for Kubernetes and compose. */
@Controller('health')
export class HealthController {
  constructor(
    private readonly health: HealthCheckService,
    private readonly redis: RedisHealthIndicator,
    private readonly jobs: JobsHealthIndicator,
    private readonly consumers: ConsumersHealthIndicator,
  ) {}

  @Get(['live', 'startup'])
  @HealthCheck()
  live() {
    return this.health.check([]);
  }

  /** Reports `degraded`, still with 200, while Redis is unavailable, a job is overdue or a consumer is blocked. */
  @Get('ready')
  @HealthCheck()
  ready() {
    return this.health.check([...this.redis.checks(), ...this.jobs.checks(), ...this.consumers.checks()]);
  }
}
