import { type CanActivate, type ExecutionContext, Injectable } from '@nestjs/common';
import type { FastifyRequest } from 'fastify';
import { UnauthenticatedError } from './auth.errors.js';

/**
 * Rejects requests that no request hook has authenticated. `Authenticator` makes the actual decision before the body is
 * read; with this guard, an app that forgets that hook rejects every request instead of admitting everyone.
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
