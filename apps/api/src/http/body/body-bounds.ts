import type { FastifyContextConfig, FastifyRequest } from 'fastify';
import { ExtendRouteConfig } from '@app/auth';

/** Limits on a body that are enforced before it is validated. */
export interface BodyBounds {
  readonly maxBytes: number;
  /** Maximum number of JSON values of any kind, including nested ones. */
  readonly maxValues: number;
  /** Maximum number of objects, arrays and members, which are many times as expensive to parse as numbers. */
  readonly maxStructures: number;
}

declare module 'fastify' {
  interface FastifyContextConfig {
    /** Set by `@LargeBody()`. */
    body?: Partial<BodyBounds>;
  }
}

/** Default limits. */
const defaultBounds: BodyBounds = { maxBytes: 262_144, maxValues: 20_000, maxStructures: 5_000 };

/**
 * Raises the body limits of a route. Parsing a body within them must take well under 100 ms, during which the process does
 * nothing else: a million numbers take 25 ms, a million objects or keys 200 to 600 ms. `maxBytes` defaults to
 * `HTTP_BODY_LIMIT_BYTES` and cannot exceed it.
 *
 * @example
 * @Put('watchlist')
 * @LargeBody({ maxValues: 100_000 })
 */
export const LargeBody = (bounds: Partial<BodyBounds> = {}) =>
  ExtendRouteConfig({ body: { maxBytes: Number.POSITIVE_INFINITY, ...bounds } });

const boundsByRoute = new WeakMap<FastifyContextConfig, BodyBounds>();

/** @param limitBytes `HTTP_BODY_LIMIT_BYTES`, which no route exceeds */
export function boundsOf({ routeOptions: { config } }: FastifyRequest, limitBytes: number): BodyBounds {
  let bounds = boundsByRoute.get(config);
  if (!bounds) {
    const ofRoute = { ...defaultBounds, ...config.body };
    bounds = { ...ofRoute, maxBytes: Math.min(ofRoute.maxBytes, limitBytes) };
    boundsByRoute.set(config, bounds);
  }
  return bounds;
}
