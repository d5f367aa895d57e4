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

/** Marks a route or controller as public: no API key is required. */
export const Public = () => ExtendRouteConfig({ isPublic: true });

/** Restricts a route or controller to principals that have one of these roles. */
export const Roles = (...roles: string[]) => ExtendRouteConfig({ roles });

/** Injects the authenticated principal of the request. */
export const CurrentPrincipal = createParamDecorator((_: unknown, context: ExecutionContext): Principal => {
  return context.switchToHttp().getRequest<{ principal: Principal }>().principal;
});

/** Returns whether a principal is an administrator. */
export const isAdmin = ({ roles }: Principal): boolean => roles.includes('admin');
