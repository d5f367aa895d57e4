import { createParamDecorator, type ExecutionContext } from '@nestjs/common';
import { RedisBudget } from '@app/redis';

declare module 'fastify' {
  interface FastifyRequest {
    /** The Redis time budget of this request, shared by all its lookups. */
    redisBudget: RedisBudget;
  }
}

/**
 * Multiplier of the budget for features that have no fallback: for them a late response is better than none, while cached
 * values are available elsewhere.
 */
const patientFactor = 10;

/** Injects the request's Redis budget, to be passed to every service call; `'patient'` if only Redis has the data. */
export const RequestBudget = createParamDecorator(
  (kind: 'patient' | undefined, context: ExecutionContext): RedisBudget => {
    const { redisBudget } = context.switchToHttp().getRequest<{ redisBudget: RedisBudget }>();
    return kind === 'patient' ? new RedisBudget(redisBudget.totalMs * patientFactor) : redisBudget;
  },
);
