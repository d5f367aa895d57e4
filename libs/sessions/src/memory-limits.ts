import { Injectable } from '@nestjs/common';
import { MarqueeConfig } from '@app/config';
import { InjectRedis, RedisClient, ServerInfoService } from '@app/redis';
import { SessionsFullError } from './sessions.errors.js';

/** Maximum share of the memory of a server that evicts keys. The rest is for the cache on the same server. */
const maxShareWithCache = 0.5;
/** Maximum share of the memory of a server that does not evict keys. */
const maxShareAlone = 0.85;
/** When a server that does not evict keys uses more than this share of its memory, large appends are rejected. */
const nearlyFullShare = 0.9;

/** Injection token of the limits on the memory of sessions. */
export const MEMORY_LIMITS = Symbol('MemoryLimits');

/** Limits on the memory of sessions. */
export interface MemoryLimits {
  readonly maxTenantBytes: number;
  /** Returns the bytes that all tenants may hold before large appends are rejected; 0 for no limit. */
  maxTotalBytes(): number;
}

/** @throws SessionsFullError if a script replied that a limit is reached */
export function throwIfFull(limits: MemoryLimits, state: string, heldBytes = 0): void {
  if (state === 'tenant-full') throw new SessionsFullError('tenant', heldBytes, limits.maxTenantBytes);
  if (state === 'server-full') throw new SessionsFullError('server', heldBytes, limits.maxTotalBytes());
}

/** Determines the limits from the configuration and the server's latest INFO. */
@Injectable()
export class ServerMemoryLimits implements MemoryLimits {
  readonly maxTenantBytes: number;

  constructor(
    config: MarqueeConfig,
    @InjectRedis('sessions') private readonly redis: RedisClient,
    private readonly servers: ServerInfoService,
  ) {
    this.maxTenantBytes = config.sessions.maxTenantBytes;
  }

  maxTotalBytes(): number {
    const info = this.servers.of(this.redis.name);
    const maxBytes = info?.max_memory_bytes ?? 0;
    if (!info || maxBytes === 0) return 0;
    // The cache fills a server that evicts keys, so only the size of the sessions matters.
    if (info.eviction_policy !== 'noeviction') return Math.floor(maxBytes * maxShareWithCache);
    const isNearlyFull = (info.used_memory_bytes ?? 0) > maxBytes * nearlyFullShare;
    return isNearlyFull ? 1 : Math.floor(maxBytes * maxShareAlone);
  }
}
