import { Controller, Get, Req, Res } from '@nestjs/common';
import { ApiOperation, ApiResponse, ApiTags } from '@nestjs/swagger';
import type { FastifyReply, FastifyRequest } from 'fastify';
import { CurrentPrincipal, type Principal } from '@app/auth';
import { callerOf, type PolicyStanding, rateLimitFields, RateLimiter, SkipRateLimit } from '@app/rate-limit';
import type { RedisBudget } from '@app/redis';
import { RequestBudget } from '../http/redis-budget.decorator.js';
import { standingsResponseSchema } from './rate-limit.dto.js';

/** Shows callers their own limits. */
@ApiTags('rate limit')
@Controller('v1/rate-limit')
export class RateLimitController {
  constructor(private readonly limiter: RateLimiter) {}

  @Get()
  @SkipRateLimit()
  @ApiOperation({ summary: 'Get your remaining quota under each policy of your plan; not charged' })
  @ApiResponse({ status: 200, standardSchema: standingsResponseSchema })
  async standing(
    @Req() request: FastifyRequest,
    @CurrentPrincipal() principal: Principal,
    @RequestBudget() budget: RedisBudget,
    @Res({ passthrough: true }) reply: FastifyReply,
  ) {
    const { standings, isDegraded } = await this.limiter.decideByPlan(budget, principal.plan, {
      caller: callerOf(request, principal),
      route: undefined,
      cost: 0,
    });
    void reply.header('cache-control', 'no-store').headers(rateLimitFields(standings) ?? {});
    const enforced = standings.filter(({ policy }) => policy.isEnforced);
    return { plan: principal.plan, degraded: isDegraded, policies: enforced.map(toDto) };
  }
}

export function toDto({ policy, client, remaining, resetMs }: PolicyStanding) {
  const { name, capacity, settings, windowMs } = policy;
  return {
    name,
    client,
    quota: settings.quota,
    windowSeconds: windowMs / 1000,
    burst: capacity,
    unit: settings.unit,
    remaining,
    resetSeconds: Math.ceil(resetMs / 1000),
  };
}
