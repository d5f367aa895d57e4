import type { FastifyContextConfig, FastifyInstance } from 'fastify';

/**
 * The configuration of every route as its decorators (`@Public`, `@Roles`, `@SkipRateLimit`) set it: the same that the
 * request gate and the rate limiter read.
 */
export class RouteConfigs {
  private readonly byRoute = new Map<string, FastifyContextConfig>();

  /** Records the routes that are registered from now on. */
  constructor(fastify: FastifyInstance) {
    fastify.addHook('onRoute', ({ method, url, config }) => {
      for (const each of [method].flat()) {
        this.byRoute.set(`${each.toLowerCase()} ${toOpenApiPath(url)}`, config ?? {});
      }
    });
  }

  /**
   * Returns the configuration of a route.
   *
   * @param method in lower case
   * @param path as in OpenAPI, such as `/v1/movies/{id}`
   */
  of(method: string, path: string): FastifyContextConfig {
    const config = this.byRoute.get(`${method} ${path}`);
    if (!config) throw new Error(`No route is registered for ${method} ${path}`);
    return config;
  }
}

const toOpenApiPath = (url: string): string => url.replaceAll(/:(\w+)/g, '{$1}');
