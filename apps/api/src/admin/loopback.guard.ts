import { isIP } from 'node:net';
import { type CanActivate, type ExecutionContext, ForbiddenException, Injectable } from '@nestjs/common';
import type { FastifyRequest } from 'fastify';

/** Lets callers of this machine alone through: without API keys nobody else is known to be an administrator. */
@Injectable()
export class LoopbackGuard implements CanActivate {
  canActivate(context: ExecutionContext): boolean {
    const { remoteAddress = '' } = context.switchToHttp().getRequest<FastifyRequest>().socket;
    if (isLoopback(remoteAddress)) return true;
    throw new ForbiddenException('Administration is open to this machine only');
  }
}

export function isLoopback(address: string): boolean {
  const plain = address.replace(/^::ffff:/, '');
  return plain === '::1' || (isIP(plain) === 4 && plain.startsWith('127.'));
}
