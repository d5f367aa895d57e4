import { Injectable } from '@nestjs/common';
import { MarqueeConfig } from '@app/config';
import { InjectRedis, RedisClient, ServerInfoService } from '@app/redis';
import { SessionsFullError } from './sessions.errors.js';

/** Of a server that evicts, sessions take at most this share: the rest is for the cache that lives beside them. */
const maxShareBesideCache = 0.5;
/** Of a server that evicts nothing. */
const maxShareAlone = 0.85;
/** A server that evicts nothing and is this full takes no large appends. */
const nearlyFull = 0.9;

/** The token of the bounds of memory. */
export const SESSION_BOUNDS = Symbol('SessionBounds');

/** How much memory sessions may take. */
export interface SessionBounds {
  readonly maxTenantBytes: number;
  /** What all tenants together may hold before large appends are refused; 0 for any. */
  maxAllBytes(): number;
}

/** @throws SessionsFullError when a script has answered that the bounds leave no room */
export function throwIfFull(bounds: SessionBounds, state: string, heldBytes = 0): void {
  if (state === 'tenant-full') throw new SessionsFullError('tenant', heldBytes, bounds.maxTenantBytes);
  if (state === 'server-full') throw new SessionsFullError('server', heldBytes, bounds.maxAllBytes());
}

/** The bounds of the configuration and of the server as INFO last described it. */
@Injectable()
export class ServerSessionBounds implements SessionBounds {
  readonly maxTenantBytes: number;

  constructor(
    config: MarqueeConfig,
    @InjectRedis('sessions') private readonly redis: RedisClient,
    private readonly servers: ServerInfoService,
  ) {
    this.maxTenantBytes = config.sessions.maxTenantBytes;
  }

  maxAllBytes(): number {
    const info = this.servers.of(this.redis.name);
    const maxBytes = info?.max_memory_bytes ?? 0;
    if (!info || maxBytes === 0) return 0;
    // A server that evicts is always full once it has been up for a while: what sessions take themselves decides.
    if (info.eviction_policy !== 'noeviction') return Math.floor(maxBytes * maxShareBesideCache);
    const isNearlyFull = (info.used_memory_bytes ?? 0) > maxBytes * nearlyFull;
    return isNearlyFull ? 1 : Math.floor(maxBytes * maxShareAlone);
  }
}
