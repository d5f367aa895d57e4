import { isIP } from 'node:net';
import { type CanActivate, type ExecutionContext, Injectable } from '@nestjs/common';
import { Reflector } from '@nestjs/core';
import type { FastifyRequest } from 'fastify';
import { localPrincipal, type Principal } from './api-key.js';
import { ApiKeysService } from './api-keys.service.js';
import { publicKey, rolesKey } from './auth.decorators.js';
import { ForbiddenError, UnauthenticatedError } from './auth.errors.js';

/** A proxy says with these for whom it asks: then a caller of this machine is none. */
const forwardedFields = ['forwarded', 'x-forwarded-for', 'x-real-ip'];

/** Finds out on whose behalf a request is made, and whether that one may make it. */
@Injectable()
export class AuthGuard implements CanActivate {
  constructor(
    private readonly keys: ApiKeysService,
    private readonly reflector: Reflector,
  ) {}

  /** @throws UnauthenticatedError, ForbiddenError */
  canActivate(context: ExecutionContext): boolean {
    const targets = [context.getHandler(), context.getClass()];
    if (this.reflector.getAllAndOverride<boolean>(publicKey, targets)) return true;
    const request = context.switchToHttp().getRequest<FastifyRequest>();
    request.principal = this.principalOf(request);
    const roles = this.reflector.getAllAndOverride<string[] | undefined>(rolesKey, targets);
    if (roles && !roles.some((role) => request.principal.roles.includes(role))) {
      throw new ForbiddenError(`This needs the role "${roles.join('" or "')}"`);
    }
    return true;
  }

  private principalOf(request: FastifyRequest): Principal {
    if (!this.keys.areConfigured) return localOnly(request);
    const key = keyOf(request);
    if (key === undefined) throw new UnauthenticatedError('missing');
    const principal = this.keys.find(key);
    if (!principal) throw new UnauthenticatedError('unknown');
    return principal;
  }
}

/** `Authorization: Bearer …` (RFC 6750), or `X-API-Key`. */
function keyOf({ headers }: FastifyRequest): string | undefined {
  const bearer = /^Bearer +(\S+) *$/i.exec(headers.authorization ?? '')?.[1];
  const field = headers['x-api-key'];
  return bearer ?? (typeof field === 'string' && field !== '' ? field : undefined);
}

/**
 * A page of another site may send requests here: it names itself in Origin, or, when its name was pointed here (DNS
 * rebinding), in Host.
 */
function localOnly({ socket, headers }: FastifyRequest): Principal {
  const isForwarded = forwardedFields.some((field) => headers[field] !== undefined);
  const isLocal = isLoopback(socket.remoteAddress ?? '') && isLocalHost(headers.host ?? '');
  const isFromHere = headers.origin === undefined || isLocalHost(headers.origin.replace(/^https?:\/\//, ''));
  if (isLocal && isFromHere && !isForwarded && headers['sec-fetch-site'] !== 'cross-site')
    return localPrincipal;
  throw new ForbiddenError('Without API keys (API_KEYS_FILE) only callers of this machine are served');
}

function isLocalHost(hostAndPort: string): boolean {
  const host = hostAndPort.replace(/:\d+$/, '').replace(/^\[(.*)\]$/, '$1');
  return host === 'localhost' || isLoopback(host);
}

export function isLoopback(address: string): boolean {
  const plain = address.replace(/^::ffff:/, '');
  return plain === '::1' || (isIP(plain) === 4 && plain.startsWith('127.'));
}
