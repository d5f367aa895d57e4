import { type CanActivate, type ExecutionContext, Injectable } from '@nestjs/common';
import { Reflector } from '@nestjs/core';
import type { FastifyReply, FastifyRequest } from 'fastify';
import type { Principal } from '@app/auth';
import { MarqueeConfig } from '@app/config';
import type { RedisBudget } from '@app/redis';
import type { Caller } from '../limiter/client.js';
import type { Decision } from '../limiter/decision.js';
import { RateLimiter } from '../limiter/rate-limiter.service.js';
import { applyDecision } from './apply-decision.js';
import { rateLimitKey, type RateLimitOptions, skipKey } from './rate-limit.decorators.js';

declare module 'fastify' {
  interface FastifyRequest {
    /** The client's address: the peer's, or the one that trusted proxies report. Set before any limit is checked. */
    clientAddress: string;
  }
}

type Request = FastifyRequest & { readonly principal?: Principal; readonly redisBudget: RedisBudget };

/**
 * Admits or refuses a request before any work is done for it. The guard runs after the body has been received, because the
 * cost may depend on it. The other methods are for the earlier stages.
 */
@Injectable()
export class RateLimitGuard implements CanActivate {
  constructor(
    private readonly limiter: RateLimiter,
    private readonly reflector: Reflector,
    private readonly config: MarqueeConfig,
  ) {}

  /** @throws RateLimitExceeded, CostAboveBurstError, RateLimitsUnavailableError */
  async canActivate(context: ExecutionContext): Promise<boolean> {
    const handler = context.getHandler();
    const http = context.switchToHttp();
    const request = http.getRequest<Request>();
    const { principal } = request;
    if (!principal || this.reflector.get<boolean | undefined>(skipKey, handler)) return true;
    const options = this.reflector.get<RateLimitOptions | undefined>(rateLimitKey, handler) ?? {};
    const decision = await this.limiter.decideByPlan(request.redisBudget, principal.plan, {
      caller: callerOf(request, principal),
      route: routeOf(request),
      cost: typeof options.cost === 'function' ? options.cost(request, this.config) : (options.cost ?? 1),
      costField: options.costField,
      settles: options.settles === true,
    });
    // Redis is up: the time of the decision does not count against the request's own budget.
    if (!decision.isDegraded) request.redisBudget.renew();
    this.apply(http.getResponse<FastifyReply>(), decision);
    const { reservation } = decision;
    if (reservation) request.rateLimitSettlement = (cost) => void this.limiter.settle(reservation, cost);
    return true;
  }

  /**
   * Decides by the policies that apply before authentication. Returns undefined if there are none.
   *
   * @throws as canActivate
   */
  byAddress(plain: FastifyRequest, reply: FastifyReply): Promise<void> | undefined {
    const request = plain as Request;
    if (!this.limiter.limitsAddresses || request.routeOptions.config.skipsRateLimit) return undefined;
    const demand = { caller: { address: request.clientAddress }, route: routeOf(request), cost: 1 };
    return this.limiter
      .decideByAddress(request.redisBudget, demand)
      .then((decision) => this.apply(reply, decision));
  }

  /**
   * Charges the minimum cost for a request whose body is rejected, because it never reaches the guard.
   *
   * @throws RateLimitExceeded, RateLimitsUnavailableError
   */
  async chargeRefusedBody(plain: FastifyRequest, reply: FastifyReply): Promise<void> {
    const request = plain as Request;
    const { principal } = request;
    if (!principal || request.routeOptions.config.skipsRateLimit) return;
    const demand = { caller: callerOf(request, principal), route: routeOf(request), cost: 1 };
    const decision = await this.limiter.decideByPlan(request.redisBudget, principal.plan, demand);
    this.apply(reply, decision);
  }

  /** Whether the bytes of the request's body count against a quota. */
  countsBytes(plain: FastifyRequest): boolean {
    const { principal, routeOptions } = plain as Request;
    if (!principal || routeOptions.config.skipsRateLimit) return false;
    return this.limiter.countsBytes(principal.plan, routeOptions.url ?? '');
  }

  /**
   * Charges bytes of a body: the announced length before it is received, or what has been received.
   *
   * @param bodyBytes bytes of the whole body, as far as known
   * @throws RateLimitExceeded, CostAboveBurstError, RateLimitsUnavailableError
   */
  async chargeBytes(
    plain: FastifyRequest,
    reply: FastifyReply,
    contentBytes: number,
    bodyBytes: number,
  ): Promise<void> {
    const request = plain as Request;
    const { principal } = request;
    if (!principal) return;
    const decision = await this.limiter.decideBytes(this.limiter.newBudget(), principal.plan, {
      caller: callerOf(request, principal),
      route: routeOf(request),
      cost: 1,
      costField: 'body',
      contentBytes,
      bodyBytes,
    });
    // If the bytes are admitted, the guard adds the fields of all policies later.
    if (!decision.isAllowed) this.apply(reply, decision);
  }

  private apply(reply: FastifyReply, decision: Decision): void {
    const { leases } = decision;
    if (leases.length > 0) {
      const release = (): void => void this.limiter.release(leases);
      // The client has disconnected in the meantime, so there will be no close event.
      if (reply.raw.destroyed || reply.raw.closed) release();
      else reply.raw.once('close', release);
    }
    applyDecision(reply, decision);
  }
}

/** Returns who sent a request, with the user's name if the request has one. */
export const callerOf = (request: FastifyRequest, principal: Principal): Caller =>
  new HttpCaller(request, principal);

class HttpCaller implements Caller {
  readonly tenant: string;
  readonly keyName: string | null;
  readonly userId: string | undefined;

  constructor(
    private readonly request: FastifyRequest,
    { tenant, keyName }: Principal,
  ) {
    this.tenant = tenant;
    this.keyName = keyName;
    const userId = request.headers['x-user-id'];
    const isName = typeof userId === 'string' && /^[\x21-\x7e]{1,128}$/.test(userId);
    this.userId = isName ? userId : undefined;
  }

  get address(): string {
    return this.request.clientAddress;
  }
}

/** Returns the route's pattern; never the URL, which may contain a viewer's words. */
const routeOf = ({ routeOptions }: FastifyRequest): string => routeOptions.url ?? '';
