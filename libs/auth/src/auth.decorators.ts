import { createParamDecorator, type ExecutionContext } from '@nestjs/common';
import type { Principal } from './api-key.js';
import { ExtendRouteConfig } from './route-config.js';

declare module 'fastify' {
  interface FastifyContextConfig {
    /** Set by `@Public()`. */
    isPublic?: boolean;
    /** Set by `@Roles()`. */
    roles?: readonly string[];
  }
  interface FastifyRequest {
    /** Set before the body is read, on every route that is not public. */
    principal: Principal;
  }
}

/** A route that needs no key: probes, metrics, documentation. */
export const Public = () => ExtendRouteConfig({ isPublic: true });

/** A route that needs one of these roles. */
export const Roles = (...roles: string[]) => ExtendRouteConfig({ roles });

/** Injects the principal on whose behalf the request is made. */
export const CurrentPrincipal = createParamDecorator((_: unknown, context: ExecutionContext): Principal => {
  return context.switchToHttp().getRequest<{ principal: Principal }>().principal;
});

/** Whether a principal may do what only administrators may. */
export const isAdmin = ({ roles }: Principal): boolean => roles.includes('admin');
