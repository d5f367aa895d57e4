import { createParamDecorator, type ExecutionContext, SetMetadata } from '@nestjs/common';
import type { Principal } from './api-key.js';

declare module 'fastify' {
  interface FastifyRequest {
    /** Set by the AuthGuard on every route that is not public. */
    principal: Principal;
  }
}

export const publicKey = Symbol('public');
export const rolesKey = Symbol('roles');

/** A route that needs no key: probes, metrics, documentation. */
export const Public = () => SetMetadata(publicKey, true);

/** A route that needs one of these roles. */
export const Roles = (...roles: string[]) => SetMetadata(rolesKey, roles);

/** On whose behalf the request is made. */
export const CurrentPrincipal = createParamDecorator((_: unknown, context: ExecutionContext): Principal => {
  return context.switchToHttp().getRequest<{ principal: Principal }>().principal;
});

/** Whether a principal may do what only administrators may. */
export const isAdmin = ({ roles }: Principal): boolean => roles.includes('admin');
