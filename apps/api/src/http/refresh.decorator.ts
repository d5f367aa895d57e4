import { isAdmin } from '@app/auth';
import { createParamDecorator, type ExecutionContext } from '@nestjs/common';
import type { FastifyRequest } from 'fastify';

/** Whether to make the answer anew, cached or not: `Cache-Control: no-cache`, an administrator's word. */
export const WantsRefresh = createParamDecorator((_: unknown, context: ExecutionContext): boolean => {
  const { principal, headers } = context.switchToHttp().getRequest<FastifyRequest>();
  return isAdmin(principal) && /\bno-cache\b/i.test(headers['cache-control'] ?? '');
});
