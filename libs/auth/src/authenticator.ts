import { Injectable, Logger, type OnApplicationBootstrap } from '@nestjs/common';
import type { FastifyContextConfig, FastifyRequest } from 'fastify';
import { MarqueeConfig } from '@app/config';
import { localPrincipal, type Principal } from './api-key.js';
import { ApiKeysService } from './api-keys.service.js';
import { ForbiddenError, UnauthenticatedError } from './auth.errors.js';
import { findRemoteTrace } from './local-caller.js';

/** Instructions for opening Marquee to callers on other machines. */
const setUpKeys =
  'To serve other callers, create a key with "npm run key -- --name web --tenant acme --file keys.json" and set API_KEYS_FILE=keys.json';

/** Authenticates and authorizes a request by its header alone, before any of the body is read. */
@Injectable()
export class Authenticator implements OnApplicationBootstrap {
  private readonly logger = new Logger('ApiKeys');
  private readonly localHosts: ReadonlySet<string>;

  constructor(
    private readonly keys: ApiKeysService,
    config: MarqueeConfig,
  ) {
    this.localHosts = new Set(config.http.localHosts.map((name) => name.toLowerCase()));
  }

  /** False if Marquee serves only callers on this machine, in which case there are no keys to guess. */
  get usesKeys(): boolean {
    return this.keys.areConfigured;
  }

  onApplicationBootstrap(): void {
    if (this.usesKeys) return;
    this.logger.warn(
      'No API keys are configured: every caller on this machine has every role, so do not put a proxy, tunnel or load balancer in front. ' +
        setUpKeys,
    );
  }

  /**
   * Returns the principal of a request.
   *
   * @throws UnauthenticatedError if API keys are configured and the request has no valid one; ForbiddenError if none are
   * configured and the caller is not on this machine
   */
  authenticate({ headers, raw, socket }: FastifyRequest): Principal {
    if (!this.usesKeys) {
      const { rawHeaders } = raw;
      const trace = findRemoteTrace(
        { remoteAddress: socket.remoteAddress ?? '', headers, rawHeaders },
        this.localHosts,
      );
      if (trace === undefined) return localPrincipal;
      throw new ForbiddenError(
        `Without API keys, Marquee serves only callers on this machine, and this request ${trace}. ${setUpKeys}`,
      );
    }
    const key = keyOf(headers);
    if (key === undefined) throw new UnauthenticatedError('missing');
    const principal = this.keys.find(key);
    if (!principal) throw new UnauthenticatedError('unknown');
    return principal;
  }

  /** @throws ForbiddenError if the route requires a role that the principal does not have */
  authorize({ roles }: FastifyContextConfig, principal: Principal): void {
    if (!roles || roles.some((role) => principal.roles.includes(role))) return;
    throw new ForbiddenError(`This operation requires the role "${roles.join('" or "')}".`);
  }
}

/** Returns the key in `Authorization: Bearer …` (RFC 6750) or `X-API-Key`. */
function keyOf(headers: FastifyRequest['headers']): string | undefined {
  const bearer = /^Bearer +(\S+) *$/i.exec(headers.authorization ?? '')?.[1];
  const field = headers['x-api-key'];
  return bearer ?? (typeof field === 'string' && field !== '' ? field : undefined);
}
