import { RouteConfig } from '@nestjs/platform-fastify';
import type { FastifyContextConfig } from 'fastify';

const metadataKey = RouteConfig({}).KEY;

/**
 * Adds settings to a route's Fastify configuration (`request.routeOptions.config`), where request hooks read them before a
 * byte of the body arrives. On a class it holds for every method that does not say otherwise. `RouteConfig` of Nest
 * replaces the whole configuration instead, so two decorators that use it undo each other.
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
    // Decorators of methods run before those of their class.
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
