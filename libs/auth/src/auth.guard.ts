import { type CanActivate, type ExecutionContext, Injectable } from '@nestjs/common';
import type { FastifyRequest } from 'fastify';
import { UnauthenticatedError } from './auth.errors.js';

/**
 * Lets nobody in whom no request hook has authenticated. The decision itself is `Authenticator`'s, taken before the body is
 * read; this guard makes forgetting that hook a refusal rather than an open door.
 */
@Injectable()
export class AuthGuard implements CanActivate {
  /** @throws UnauthenticatedError */
  canActivate(context: ExecutionContext): boolean {
    const request = context.switchToHttp().getRequest<Partial<FastifyRequest>>();
    if (request.principal || request.routeOptions?.config.isPublic) return true;
    throw new UnauthenticatedError('missing');
  }
}
