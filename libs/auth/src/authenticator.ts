import { Injectable, Logger, type OnApplicationBootstrap } from '@nestjs/common';
import type { FastifyContextConfig, FastifyRequest } from 'fastify';
import { MarqueeConfig } from '@app/config';
import { localPrincipal, type Principal } from './api-key.js';
import { ApiKeysService } from './api-keys.service.js';
import { ForbiddenError, UnauthenticatedError } from './auth.errors.js';
import { findRemoteTrace } from './local-caller.js';

/** How an operator opens Marquee to callers of other machines. */
const setUpKeys =
  'To serve others, make a key with "npm run key -- --name web --tenant acme --file keys.json" and set API_KEYS_FILE=keys.json';

/** Determines on whose behalf a request is made from its head alone, before a byte of its body is read. */
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

  /** False: only callers of this machine are served, and there is no key to guess. */
  get usesKeys(): boolean {
    return this.keys.areConfigured;
  }

  onApplicationBootstrap(): void {
    if (this.usesKeys) return;
    this.logger.warn(
      'No API keys: every caller of this machine has every role, so no proxy, tunnel or load balancer may stand in front. ' +
        setUpKeys,
    );
  }

  /** @throws UnauthenticatedError with keys; ForbiddenError without, for any but a caller of this machine */
  authenticate({ headers, raw, socket }: FastifyRequest): Principal {
    if (!this.usesKeys) {
      const { rawHeaders } = raw;
      const trace = findRemoteTrace(
        { remoteAddress: socket.remoteAddress ?? '', headers, rawHeaders },
        this.localHosts,
      );
      if (trace === undefined) return localPrincipal;
      throw new ForbiddenError(
        `Without API keys only callers of this machine are served, and this request is not one: ${trace}. ${setUpKeys}`,
      );
    }
    const key = keyOf(headers);
    if (key === undefined) throw new UnauthenticatedError('missing');
    const principal = this.keys.find(key);
    if (!principal) throw new UnauthenticatedError('unknown');
    return principal;
  }

  /** @throws ForbiddenError where the route needs a role that the principal does not have */
  authorize({ roles }: FastifyContextConfig, principal: Principal): void {
    if (!roles || roles.some((role) => principal.roles.includes(role))) return;
    throw new ForbiddenError(`This needs the role "${roles.join('" or "')}"`);
  }
}

/** `Authorization: Bearer …` (RFC 6750), or `X-API-Key`. */
function keyOf(headers: FastifyRequest['headers']): string | undefined {
  const bearer = /^Bearer +(\S+) *$/i.exec(headers.authorization ?? '')?.[1];
  const field = headers['x-api-key'];
  return bearer ?? (typeof field === 'string' && field !== '' ? field : undefined);
}
