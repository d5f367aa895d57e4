import { Controller, Get, Header, Res } from '@nestjs/common';
import { RouteConfig } from '@nestjs/platform-fastify';
import { ApiOperation, ApiResponse, ApiTags } from '@nestjs/swagger';
import { Public } from '@app/auth';
import type { FastifyReply } from 'fastify';
import { Registry } from 'prom-client';

@ApiTags('health')
@Public()
@Controller('metrics')
export class MetricsController {
  constructor(private readonly registry: Registry) {}

  @Get()
  // Monitoring must work when rate limits are exhausted. This library cannot import @SkipRateLimit().
  @RouteConfig({ skipsRateLimit: true })
  @Header('cache-control', 'no-store')
  @ApiOperation({ summary: 'Metrics for Prometheus' })
  @ApiResponse({ status: 200, content: { 'text/plain': { schema: { type: 'string' } } } })
  async metrics(@Res({ passthrough: true }) reply: FastifyReply): Promise<string> {
    void reply.type(this.registry.contentType);
    return this.registry.metrics();
  }
}
