import { Module } from '@nestjs/common';
import { APP_GUARD } from '@nestjs/core';
import { FailureLimiter } from './http/failure-limiter.js';
import { RateLimitGuard } from './http/rate-limit.guard.js';
import { LimiterMetrics } from './limiter/limiter.metrics.js';
import { LimitsRepository } from './limiter/limits.repository.js';
import { RateLimiter } from './limiter/rate-limiter.service.js';
import { PoliciesRepository } from './policies/policies.repository.js';
import { PoliciesService } from './policies/policies.service.js';

/** Limits every route of the app. Import it after the modules whose guards run first. */
@Module({
  providers: [
    PoliciesRepository,
    PoliciesService,
    LimitsRepository,
    LimiterMetrics,
    RateLimiter,
    FailureLimiter,
    RateLimitGuard,
    { provide: APP_GUARD, useExisting: RateLimitGuard },
  ],
  exports: [FailureLimiter, PoliciesService, RateLimiter, RateLimitGuard],
})
export class RateLimitModule {}
