import { type CanActivate, type ExecutionContext, Injectable } from '@nestjs/common';
import { Reflector } from '@nestjs/core';
import type { FastifyReply, FastifyRequest } from 'fastify';
import type { Principal } from '@app/auth';
import { MarqueeConfig } from '@app/config';
import type { RedisBudget } from '@app/redis';
import type { Asker } from '../limiter/client.js';
import type { Decision } from '../limiter/decision.js';
import { RateLimiter } from '../limiter/rate-limiter.service.js';
import { answerDecision } from './rate-limit-answer.js';
import { rateLimitKey, type RateLimitOptions, skipKey } from './rate-limit.decorators.js';

declare module 'fastify' {
  interface FastifyRequest {
    /** The client's address: the peer's, or what trusted proxies say of it. Set before any limit is looked at. */
    clientAddress: string;
  }
}

type Request = FastifyRequest & { readonly principal?: Principal; readonly redisBudget: RedisBudget };

/**
 * Admits a request or refuses it before anything is done for it. The guard itself runs when the body has been received,
 * because a request may cost what is in it; the other methods are for the stages before that.
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
      asker: askerOf(request, principal),
      route: routeOf(request),
      cost: typeof options.cost === 'function' ? options.cost(request, this.config) : (options.cost ?? 1),
      costField: options.costField,
      settles: options.settles === true,
    });
    // Redis is there: what it took to decide is not taken from what the request itself may spend.
    if (!decision.isDegraded) request.redisBudget.renew();
    this.answer(http.getResponse<FastifyReply>(), decision);
    const { reservation } = decision;
    if (reservation) request.rateLimitSettlement = (cost) => void this.limiter.settle(reservation, cost);
    return true;
  }

  /**
   * Decides by the policies that hold before authentication. Returns undefined where there are none.
   *
   * @throws as canActivate
   */
  byAddress(plain: FastifyRequest, reply: FastifyReply): Promise<void> | undefined {
    const request = plain as Request;
    if (!this.limiter.limitsAddresses || request.routeOptions.config.skipsRateLimit) return undefined;
    const demand = { asker: { address: request.clientAddress }, route: routeOf(request), cost: 1 };
    return this.limiter
      .decideByAddress(request.redisBudget, demand)
      .then((decision) => this.answer(reply, decision));
  }

  /**
   * Charges a request whose body is refused, which therefore never reaches the guard, what any request costs at least.
   *
   * @throws RateLimitExceeded, RateLimitsUnavailableError
   */
  async chargeRefusedBody(plain: FastifyRequest, reply: FastifyReply): Promise<void> {
    const request = plain as Request;
    const { principal } = request;
    if (!principal || request.routeOptions.config.skipsRateLimit) return;
    const demand = { asker: askerOf(request, principal), route: routeOf(request), cost: 1 };
    const decision = await this.limiter.decideByPlan(request.redisBudget, principal.plan, demand);
    this.answer(reply, decision);
  }

  /** Whether the bytes of this request's body count against a quota. */
  countsBytes(plain: FastifyRequest): boolean {
    const { principal, routeOptions } = plain as Request;
    if (!principal || routeOptions.config.skipsRateLimit) return false;
    return this.limiter.countsBytes(principal.plan, routeOptions.url ?? '');
  }

  /**
   * Charges bytes of a body: those that are announced before any is received, or those that have been received.
   *
   * @param bodyBytes of the whole body as far as is known
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
      asker: askerOf(request, principal),
      route: routeOf(request),
      cost: 1,
      costField: 'body',
      contentBytes,
      bodyBytes,
    });
    // Where the bytes are admitted, the guard has the fields of all policies.
    if (!decision.isAllowed) this.answer(reply, decision);
  }

  private answer(reply: FastifyReply, decision: Decision): void {
    const { leases } = decision;
    if (leases.length > 0) {
      const release = (): void => void this.limiter.release(leases);
      // Gone while we asked: nothing would tell of it any more.
      if (reply.raw.destroyed || reply.raw.closed) release();
      else reply.raw.once('close', release);
    }
    answerDecision(reply, decision);
  }
}

/** Who asks, with a name for the user where the client gives one. */
export const askerOf = (request: FastifyRequest, principal: Principal): Asker =>
  new HttpAsker(request, principal);

class HttpAsker implements Asker {
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

/** The route's pattern; never the address, which may hold a viewer's words. */
const routeOf = ({ routeOptions }: FastifyRequest): string => routeOptions.url ?? '';
