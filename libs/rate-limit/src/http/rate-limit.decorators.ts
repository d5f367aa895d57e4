import { applyDecorators, createParamDecorator, type ExecutionContext, SetMetadata } from '@nestjs/common';
import type { FastifyRequest } from 'fastify';
import { ExtendRouteConfig } from '@app/auth';
import type { MarqueeConfig } from '@app/config';

/** Charges the final cost of the request, at most what was reserved, and refunds the rest. */
export type Settlement = (cost: number) => void;

declare module 'fastify' {
  interface FastifyContextConfig {
    /** No policy by address applies to this route. */
    skipsRateLimit?: boolean;
  }
  interface FastifyRequest {
    /** Set for routes that settle their cost. */
    rateLimitSettlement?: Settlement;
  }
}

export const rateLimitKey = Symbol('rate-limit');
export const skipKey = Symbol('skip-rate-limit');

export interface RateLimitOptions {
  /**
   * The cost of a request, a positive whole number; 1 by default. A function gets the body before it is validated, and must
   * accept any JSON.
   */
  readonly cost?: number | ((request: FastifyRequest, config: MarqueeConfig) => number);
  /** The field that makes a request expensive, for the error message. */
  readonly costField?: string;
  /** Whether `cost` is a maximum, which the handler settles with `@RateLimitSettlement()`. */
  readonly settles?: boolean;
}

/** Sets the cost of a route's requests. */
export const RateLimit = (options: RateLimitOptions) => SetMetadata(rateLimitKey, options);

/** Exempts a route from all policies: probes, and the routes that repair wrong limits. */
export const SkipRateLimit = (): MethodDecorator =>
  applyDecorators(SetMetadata(skipKey, true), ExtendRouteConfig({ skipsRateLimit: true }));

/** Injects the settlement of a route whose `@RateLimit` has `settles`. */
export const RateLimitSettlement = createParamDecorator(
  (_: unknown, context: ExecutionContext): Settlement =>
    context.switchToHttp().getRequest<FastifyRequest>().rateLimitSettlement ?? (() => undefined),
);
