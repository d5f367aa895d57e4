import { type CanActivate, type ExecutionContext, Injectable, Logger } from '@nestjs/common';
import { Reflector } from '@nestjs/core';
import type { FastifyReply, FastifyRequest } from 'fastify';
import type { Principal } from '@app/auth';
import { MarqueeConfig } from '@app/config';
import type { RedisBudget } from '@app/redis';
import type { Asker } from '../limiter/client.js';
import type { Decision, PolicyStanding } from '../limiter/decision.js';
import { RateLimiter } from '../limiter/rate-limiter.service.js';
import { RateLimitExceeded, type Violation } from '../rate-limit.errors.js';
import { rateLimitFields } from './rate-limit-fields.js';
import { rateLimitKey, type RateLimitOptions, skipKey } from './rate-limit.decorators.js';

type Request = FastifyRequest & { readonly principal?: Principal; readonly redisBudget: RedisBudget };

/**
 * Lets a request pass, or refuses it, before anything is done for it. Runs after authentication; what holds before that is
 * `byAddress`, which comes before the body is read.
 */
@Injectable()
export class RateLimitGuard implements CanActivate {
  private readonly logger = new Logger('RateLimit');

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
      contentBytes: Number(request.headers['content-length'] ?? 0) || 0,
      settles: options.settles === true,
    });
    // Redis is there: what it took to decide is not taken from what the request itself may spend.
    if (!decision.isDegraded) request.redisBudget.renew();
    this.answer(http.getResponse<FastifyReply>(), decision);
    const { reservation } = decision;
    if (reservation) request.rateLimitSettlement = (cost) => void this.limiter.settle(reservation, cost);
    return true;
  }

  /** The first stage: an address that asks too much is not even asked who it is. @throws as canActivate */
  async byAddress(plain: FastifyRequest, reply: FastifyReply): Promise<void> {
    const request = plain as Request;
    if (request.routeOptions.config.skipsRateLimit) return;
    const demand = { asker: { address: request.ip }, route: routeOf(request), cost: 1 };
    this.answer(reply, await this.limiter.decideByAddress(request.redisBudget, demand));
  }

  private answer(reply: FastifyReply, { isAllowed, isDegraded, standings, leases }: Decision): void {
    if (leases.length > 0) {
      const release = (): void => void this.limiter.release(leases);
      // Gone while we asked: nothing would tell of it any more.
      if (reply.raw.destroyed || reply.raw.closed) release();
      else reply.raw.once('close', release);
    }
    const fields = isDegraded ? undefined : rateLimitFields(standings);
    if (fields) {
      // Of two stages the second has more to say, and the first is not forgotten.
      const earlier = { policy: reply.getHeader('ratelimit-policy'), standing: reply.getHeader('ratelimit') };
      void reply
        .header('ratelimit-policy', joined(earlier.policy, fields['ratelimit-policy']))
        .header('ratelimit', joined(earlier.standing, fields.ratelimit));
    }
    if (isAllowed) return;
    const [first, ...others] = standings.filter(({ policy, waitMs }) => policy.isEnforced && waitMs > 0);
    if (!first) throw new Error('Refused by no policy');
    const waits = [first, ...others].map(({ waitMs }) => waitMs);
    const retryAfterSeconds = Math.max(1, Math.ceil(Math.max(...waits) / 1000));
    this.logger.debug(`refused by ${first.policy.name}`);
    throw new RateLimitExceeded(
      first.partitionKey,
      [violation(first), ...others.map(violation)],
      retryAfterSeconds,
    );
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

  /** Costs something behind a proxy, and is not always asked for. */
  get address(): string {
    return this.request.ip;
  }
}

/** The route's pattern; never the address, which may hold a viewer's words. */
const routeOf = ({ routeOptions }: FastifyRequest): string => routeOptions.url ?? '';

const joined = (earlier: unknown, later: string): string =>
  typeof earlier === 'string' ? `${earlier}, ${later}` : later;

const violation = ({ policy: { name, settings, windowMs } }: PolicyStanding): Violation => ({
  policy: name,
  quota: settings.quota,
  windowSeconds: windowMs / 1000,
});
