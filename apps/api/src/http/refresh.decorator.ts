import { isAdmin } from '@app/auth';
import { createParamDecorator, type ExecutionContext } from '@nestjs/common';
import type { FastifyRequest } from 'fastify';

/** Injects whether to bypass the cache: an administrator sent `Cache-Control: no-cache`. */
export const WantsRefresh = createParamDecorator((_: unknown, context: ExecutionContext): boolean => {
  const { principal, headers } = context.switchToHttp().getRequest<FastifyRequest>();
  return isAdmin(principal) && /\bno-cache\b/i.test(headers['cache-control'] ?? '');
});
