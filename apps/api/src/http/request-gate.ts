import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify';
import { HttpException, NotFoundException } from '@nestjs/common';
import { type Authenticator, UnauthenticatedError } from '@app/auth';
import type { FailureLimiter, RateLimitGuard } from '@app/rate-limit';
import type { BodyReader } from './body/body-reader.js';
import type { ClientAddresses } from './client-address.js';
import { discardBody, hasBody } from './connections.js';
import { RequestValidationError } from './request-validation.error.js';

/** Fields of a request; Node's own bound on their size is 16 KiB together. */
const maxFields = 200;
const maxUrlLength = 8_192;

export interface Gatekeepers {
  readonly addresses: ClientAddresses;
  readonly authenticator: Authenticator;
  readonly failures: FailureLimiter;
  readonly limits: RateLimitGuard;
  readonly bodies: BodyReader;
}

/**
 * Decides in Fastify's first hook who may pass, from the head of a request alone: limits by address, the key (or, without
 * keys, whether the caller is on this machine), the role. Whoever is refused here has not had a byte of the body read.
 */
export class RequestGate {
  constructor(private readonly keepers: Gatekeepers) {}

  addTo(fastify: FastifyInstance): void {
    fastify.decorateRequest('principal');
    fastify.decorateRequest('clientAddress', '');
    fastify.addHook('onRequest', (request, reply, done) => {
      // Fastify waits for a promise, or for the call; most requests have nothing to wait for.
      const pending = this.admit(request, reply);
      if (!pending) done();
      return pending;
    });
  }

  /** Returns undefined where there was nothing to wait for. */
  private admit(request: FastifyRequest, reply: FastifyReply): Promise<void> | undefined {
    request.clientAddress = this.keepers.addresses.of(request.raw);
    refuseOversized(request);
    const isWithBody = hasBody(request.raw);
    if (isWithBody) this.keepers.bodies.prepare(request, reply);
    // Nothing would read the body.
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
        // While Redis is asked, what the client goes on sending must not pile up.
        if (isWithBody) discardBody(request.raw);
        return failures.count(request, reply).then(() => {
          throw error;
        });
      }
      if (authenticator.usesKeys) failures.admit(request, reply, request.principal);
      authenticator.authorize(config, request.principal);
    }
    if (isWithBody && (request.method === 'GET' || request.method === 'HEAD')) {
      const message = `must not come with ${request.method}`;
      throw new RequestValidationError([{ field: 'body', message }]);
    }
    return undefined;
  }
}

function refuseOversized({ raw }: FastifyRequest): void {
  if (raw.rawHeaders.length > 2 * maxFields)
    throw new HttpException(`More than ${maxFields} header fields`, 431);
  if ((raw.url?.length ?? 0) > maxUrlLength)
    throw new HttpException(`The address is longer than ${maxUrlLength} bytes`, 414);
}
