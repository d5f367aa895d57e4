export {
  RateLimit,
  RateLimitSettlement,
  type Settlement,
  SkipRateLimit,
} from './http/rate-limit.decorators.js';
export { FailureLimiter } from './http/failure-limiter.js';
export { rateLimitFieldNames, rateLimitFields } from './http/rate-limit-fields.js';
export { callerOf, RateLimitGuard } from './http/rate-limit.guard.js';
export type { PolicyStanding } from './limiter/decision.js';
export { LimiterMetrics } from './limiter/limiter.metrics.js';
export { LimitsRepository } from './limiter/limits.repository.js';
export { RateLimiter } from './limiter/rate-limiter.service.js';
export { PoliciesRepository } from './policies/policies.repository.js';
export { PoliciesService } from './policies/policies.service.js';
export {
  overrideSchema,
  type RateLimitOverride,
  type RateLimitPolicySet,
  policySetSchema,
} from './policies/policy.js';
export {
  CostAboveBurstError,
  RateLimitExceeded,
  RateLimitsUnavailableError,
  TooManyOverridesError,
  UnknownPolicyError,
} from './rate-limit.errors.js';
export { RateLimitModule } from './rate-limit.module.js';
