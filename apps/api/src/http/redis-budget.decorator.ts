import { createParamDecorator, type ExecutionContext } from '@nestjs/common';
import { RedisBudget } from '@app/redis';

declare module 'fastify' {
  interface FastifyRequest {
    /** What this request may still spend on Redis, over all its lookups. */
    redisBudget: RedisBudget;
  }
}

/**
 * So many times the budget for what has nothing to fall back on: there a late answer is better than none, while what is
 * cached is had elsewhere.
 */
const patience = 10;

/** The request's one budget, to be handed to every service call; `'patient'` where Redis is the only place to ask. */
export const RequestBudget = createParamDecorator(
  (kind: 'patient' | undefined, context: ExecutionContext): RedisBudget => {
    const { redisBudget } = context.switchToHttp().getRequest<{ redisBudget: RedisBudget }>();
    return kind === 'patient' ? new RedisBudget(redisBudget.totalMs * patience) : redisBudget;
  },
);
