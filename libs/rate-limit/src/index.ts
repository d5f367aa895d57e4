export {
  RateLimit,
  type RateLimitOptions,
  RateLimitSettlement,
  type Settlement,
  SkipRateLimit,
} from './http/rate-limit.decorators.js';
export { rateLimitFieldNames, rateLimitFields } from './http/rate-limit-fields.js';
export { askerOf, RateLimitGuard } from './http/rate-limit.guard.js';
export type { Asker } from './limiter/client.js';
export type { Decision, PolicyStanding, Reservation } from './limiter/decision.js';
export { LimiterMetrics } from './limiter/limiter.metrics.js';
export { LimitsRepository } from './limiter/limits.repository.js';
export { type Demand, RateLimiter } from './limiter/rate-limiter.service.js';
export { PoliciesRepository } from './policies/policies.repository.js';
export { PoliciesService } from './policies/policies.service.js';
export {
  overrideSchema,
  type RateLimitOverride,
  type RateLimitPolicy,
  type RateLimitPolicySet,
  policySetSchema,
} from './policies/policy.js';
export {
  CostAboveBurstError,
  RateLimitExceeded,
  RateLimitsUnavailableError,
  UnknownPolicyError,
  type Violation,
} from './rate-limit.errors.js';
export { RateLimitModule } from './rate-limit.module.js';
