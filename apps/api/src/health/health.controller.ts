import { Controller, Get, ServiceUnavailableException } from '@nestjs/common';
import { ApiOperation, ApiResponse, ApiTags } from '@nestjs/swagger';
import { HealthCheck, HealthCheckService } from '@nestjs/terminus';
import { Public } from '@app/auth';
import { MarqueeConfig } from '@app/config';
import { SkipRateLimit } from '@app/rate-limit';
import { RedisHealthIndicator } from '@app/redis';
import { DrainService } from '../http/drain.service.js';
import { problemSchema } from '../http/problem.dto.js';
import { healthSchema, summarySchema } from './health.dto.js';

/** Probes for Kubernetes and Docker Compose, and a summary for people. */
@ApiTags('health')
@Public()
@Controller()
export class HealthController {
  constructor(
    private readonly config: MarqueeConfig,
    private readonly health: HealthCheckService,
    private readonly redis: RedisHealthIndicator,
    private readonly drain: DrainService,
  ) {}

  @Get('health/live')
  @SkipRateLimit()
  @HealthCheck({ swaggerDocumentation: false })
  @ApiResponse({ status: 200, standardSchema: healthSchema })
  @ApiOperation({ summary: 'Liveness: the process responds. Independent of Redis.' })
  live() {
    return this.health.check([]);
  }

  @Get('health/ready')
  @SkipRateLimit()
  @HealthCheck({ swaggerDocumentation: false })
  @ApiResponse({ status: 200, standardSchema: healthSchema })
  @ApiResponse({ status: 503, description: 'Shutting down', standardSchema: problemSchema })
  @ApiOperation({
    summary: 'Readiness: the process accepts traffic. `degraded` (still 200) while Redis is unavailable.',
  })
  ready() {
    this.refuseWhileDraining();
    return this.health.check(this.redis.checks());
  }

  @Get('health/startup')
  @SkipRateLimit()
  @HealthCheck({ swaggerDocumentation: false })
  @ApiResponse({ status: 200, standardSchema: healthSchema })
  @ApiOperation({ summary: 'Startup: the process has started.' })
  startup() {
    return this.health.check([]);
  }

  @Get(['v1/health', 'api/v1/health'])
  @SkipRateLimit()
  @ApiOperation({ summary: 'Status summary' })
  @ApiResponse({ status: 200, standardSchema: summarySchema })
  async summary() {
    const redisStatus = await this.redis.status();
    return {
      status: redisStatus === 'healthy' ? 'ok' : 'degraded',
      environment: this.config.environment,
      version: this.config.version,
      redis_status: redisStatus,
    };
  }

  private refuseWhileDraining(): void {
    if (this.drain.isDraining) throw new ServiceUnavailableException('Shutting down');
  }
}
