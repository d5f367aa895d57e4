import { createParamDecorator, type ExecutionContext } from '@nestjs/common';
import type { RedisBudget } from '@app/redis';

declare module 'fastify' {
  interface FastifyRequest {
    /** What this request may still spend on Redis, over all its lookups. */
    redisBudget: RedisBudget;
  }
}

/** The request's one budget, to be handed to every service call. */
export const RequestBudget = createParamDecorator((_: unknown, context: ExecutionContext): RedisBudget => {
  return context.switchToHttp().getRequest<{ redisBudget: RedisBudget }>().redisBudget;
});
