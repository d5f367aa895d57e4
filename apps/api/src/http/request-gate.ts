import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify';
import { HttpException, NotFoundException } from '@nestjs/common';
import { type Authenticator, UnauthenticatedError } from '@app/auth';
import type { FailureLimiter, RateLimitGuard } from '@app/rate-limit';
import type { ClientAddresses } from './client-address.js';
import { discardBody, hasBody } from './connections.js';
import { RequestValidationError } from './request-validation.error.js';

/** Maximum number of header fields. Their total size is limited to 16 KiB by Node. */
const maxFields = 200;
const maxUrlLength = 8_192;

export interface Gatekeepers {
  readonly addresses: ClientAddresses;
  readonly authenticator: Authenticator;
  readonly failures: FailureLimiter;
  readonly limits: RateLimitGuard;
}

/**
 * Admits or rejects requests in Fastify's first hook, by the request header alone: rate limits by address, the API key (or,
 * without keys, whether the caller is on this machine), and the role. The body of a rejected request is never read.
 */
export class RequestGate {
  constructor(private readonly keepers: Gatekeepers) {}

  addTo(fastify: FastifyInstance): void {
    fastify.decorateRequest('principal');
    fastify.decorateRequest('reply');
    fastify.decorateRequest('clientAddress', '');
    fastify.addHook('onRequest', (request, reply, done) => {
      // Fastify waits for a promise or for the callback. Most requests need no promise.
      const pending = this.admit(request, reply);
      if (!pending) done();
      return pending;
    });
  }

  /** Returns undefined if the decision was synchronous. */
  private admit(request: FastifyRequest, reply: FastifyReply): Promise<void> | undefined {
    request.clientAddress = this.keepers.addresses.of(request.raw);
    refuseOversized(request);
    const isWithBody = hasBody(request.raw);
    if (isWithBody) request.reply = reply;
    // No handler would read the body.
    if (isWithBody && request.is404) throw new NotFoundException(`Cannot ${request.method} ${request.url}`);
    const byAddress = this.keepers.limits.byAddress(request, reply);
    if (byAddress) return byAddress.then(() => this.authenticate(request, reply, isWithBody));
    return this.authenticate(request, reply, isWithBody);
  }

  private authenticate(
    request: FastifyRequest,
    reply: FastifyReply,
    isWithBody: boolean,
  ): Promise<void> | undefined {
    const { authenticator, failures } = this.keepers;
    const { config } = request.routeOptions;
    if (!config.isPublic && !request.is404) {
      try {
        request.principal = authenticator.authenticate(request);
      } catch (error) {
        if (!(error instanceof UnauthenticatedError)) throw error;
        // Whatever the client still sends must not accumulate while Redis responds.
        if (isWithBody) discardBody(request.raw);
        return failures.count(request, reply).then(() => {
          throw error;
        });
      }
      if (authenticator.usesKeys) failures.admit(request, reply, request.principal);
      authenticator.authorize(config, request.principal);
    }
    if (isWithBody && (request.method === 'GET' || request.method === 'HEAD')) {
      const message = `must not be sent with ${request.method}`;
      throw new RequestValidationError([{ field: 'body', message }]);
    }
    return undefined;
  }
}

function refuseOversized({ raw }: FastifyRequest): void {
  if (raw.rawHeaders.length > 2 * maxFields)
    throw new HttpException(`More than ${maxFields} header fields`, 431);
  if ((raw.url?.length ?? 0) > maxUrlLength)
    throw new HttpException(`The URL is longer than ${maxUrlLength} bytes`, 414);
}
