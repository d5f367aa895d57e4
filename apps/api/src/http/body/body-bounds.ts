import type { FastifyRequest } from 'fastify';
import { ExtendRouteConfig } from '@app/auth';

/** What a body may be before anyone looks at what it says. */
export interface BodyBounds {
  readonly maxBytes: number;
  /** Values of JSON: strings, numbers, objects and so on, nested ones included. */
  readonly maxValues: number;
  /** Objects, arrays and members of objects, which cost many times what a number costs. */
  readonly maxStructures: number;
}

declare module 'fastify' {
  interface FastifyContextConfig {
    /** Set by `@LargeBody()`. */
    body?: Partial<BodyBounds>;
  }
}

/** Of all routes that do not say otherwise. */
const defaultBounds: BodyBounds = { maxBytes: 262_144, maxValues: 20_000, maxStructures: 5_000 };

/**
 * Raises the bounds on the bodies of a route. A body within them has to be parsed in well under 100 ms, during which the
 * process does nothing else: a million numbers take 25 ms, a million objects or keys 200 to 600 ms. `maxBytes` is
 * `HTTP_BODY_LIMIT_BYTES` unless it says less.
 *
 * @example
 * @Put('watchlist')
 * @LargeBody({ maxValues: 100_000 })
 */
export const LargeBody = (bounds: Partial<BodyBounds> = {}) =>
  ExtendRouteConfig({ body: { maxBytes: Number.POSITIVE_INFINITY, ...bounds } });

/** @param limitBytes `HTTP_BODY_LIMIT_BYTES`, which no route exceeds */
export function boundsOf({ routeOptions }: FastifyRequest, limitBytes: number): BodyBounds {
  const { maxBytes, maxValues, maxStructures } = { ...defaultBounds, ...routeOptions.config.body };
  return { maxBytes: Math.min(maxBytes, limitBytes), maxValues, maxStructures };
}
