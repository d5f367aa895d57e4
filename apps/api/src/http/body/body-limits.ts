import type { FastifyContextConfig, FastifyRequest } from 'fastify';
import { ExtendRouteConfig } from '@app/auth';

/** Limits on a body that are enforced before it is validated. */
export interface BodyLimits {
  readonly maxBytes: number;
  /** Maximum number of JSON values of any kind, including nested ones. */
  readonly maxValues: number;
  /** Maximum number of objects, arrays and members, which are many times as expensive to parse as numbers. */
  readonly maxStructures: number;
}

declare module 'fastify' {
  interface FastifyContextConfig {
    /** Set by `@LargeBody()`. */
    body?: Partial<BodyLimits>;
  }
}

/** Default limits. */
const defaultLimits: BodyLimits = { maxBytes: 262_144, maxValues: 20_000, maxStructures: 5_000 };

/**
 * Raises the body limits of a route. Parsing a body within them must take well under 100 ms, during which the process does
 * nothing else: a million numbers take 25 ms, a million objects or keys 200 to 600 ms. `maxBytes` defaults to
 * `HTTP_BODY_LIMIT_BYTES` and cannot exceed it.
 *
 * @example
 * @Put('watchlist')
 * @LargeBody({ maxValues: 100_000 })
 */
export const LargeBody = (limits: Partial<BodyLimits> = {}) =>
  ExtendRouteConfig({ body: { maxBytes: Number.POSITIVE_INFINITY, ...limits } });

const limitsByRoute = new WeakMap<FastifyContextConfig, BodyLimits>();

/** @param limitBytes `HTTP_BODY_LIMIT_BYTES`, which no route exceeds */
export function bodyLimitsOf({ routeOptions: { config } }: FastifyRequest, limitBytes: number): BodyLimits {
  let limits = limitsByRoute.get(config);
  if (!limits) {
    const ofRoute = { ...defaultLimits, ...config.body };
    limits = { ...ofRoute, maxBytes: Math.min(ofRoute.maxBytes, limitBytes) };
    limitsByRoute.set(config, limits);
  }
  return limits;
}
