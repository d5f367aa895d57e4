import { applyDecorators, createParamDecorator, type ExecutionContext, SetMetadata } from '@nestjs/common';
import type { FastifyRequest } from 'fastify';
import { ExtendRouteConfig } from '@app/auth';
import type { MarqueeConfig } from '@app/config';

/** Charges what the request came to, at most what was reserved, and gives back the rest. */
export type Settlement = (cost: number) => void;

declare module 'fastify' {
  interface FastifyContextConfig {
    /** No policy by address holds for this route. */
    skipsRateLimit?: boolean;
  }
  interface FastifyRequest {
    /** Set on routes that settle their cost. */
    rateLimitSettlement?: Settlement;
  }
}

export const rateLimitKey = Symbol('rate-limit');
export const skipKey = Symbol('skip-rate-limit');

export interface RateLimitOptions {
  /**
   * What a request costs, a positive whole number: 1 where nothing is said. A function sees the body before it was
   * validated, and must bear whatever a client sent.
   */
  readonly cost?: number | ((request: FastifyRequest, config: MarqueeConfig) => number);
  /** The field that makes a request costly, for who has to make it smaller. */
  readonly costField?: string;
  /** The cost is the most it may come to; the handler settles it with `@RateLimitSettlement()`. */
  readonly settles?: boolean;
}

/** Says what a request of this route costs. */
export const RateLimit = (options: RateLimitOptions) => SetMetadata(rateLimitKey, options);

/** No policy holds for this route: for probes, and for those who must get in when limits are wrong. */
export const SkipRateLimit = (): MethodDecorator =>
  applyDecorators(SetMetadata(skipKey, true), ExtendRouteConfig({ skipsRateLimit: true }));

/** Of a route whose `@RateLimit` says `settles`: tells what the request came to. */
export const RateLimitSettlement = createParamDecorator(
  (_: unknown, context: ExecutionContext): Settlement =>
    context.switchToHttp().getRequest<FastifyRequest>().rateLimitSettlement ?? (() => undefined),
);
