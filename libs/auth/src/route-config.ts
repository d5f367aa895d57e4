import { RouteConfig } from '@nestjs/platform-fastify';
import type { FastifyContextConfig } from 'fastify';

const metadataKey = RouteConfig({}).KEY;

/**
 * Adds settings to a route's Fastify configuration (`request.routeOptions.config`), where request hooks can read them before
 * the body arrives. On a class it applies to every method that does not override it. Nest's `RouteConfig` replaces the whole
 * configuration instead, so two decorators that use it overwrite each other.
 *
 * @example
 * export const Public = () => ExtendRouteConfig({ isPublic: true });
 */
export function ExtendRouteConfig(config: Partial<FastifyContextConfig>): MethodDecorator & ClassDecorator {
  return (target: object, _name?: string | symbol, descriptor?: PropertyDescriptor): void => {
    if (descriptor) {
      extend(descriptor.value as object, config);
      return;
    }
    // Method decorators run before class decorators.
    const { prototype } = target as { prototype: object };
    for (const { value } of Object.values(Object.getOwnPropertyDescriptors(prototype))) {
      if (typeof value === 'function' && value !== target) extend(value as object, config);
    }
  };
}

function extend(handler: object, config: Partial<FastifyContextConfig>): void {
  const known = Reflect.getMetadata(metadataKey, handler) as object | undefined;
  Reflect.defineMetadata(metadataKey, { ...config, ...known }, handler);
}
