import { Injectable } from '@nestjs/common';
import { MarqueeConfig } from '@app/config';

/** A TTL in seconds, or the name of a configured one: `CACHE_TTL_SECONDS` or `CACHE_TTL_LONG_SECONDS`. */
export type Ttl = number | 'default' | 'long';

/** Resolves TTLs that are named rather than numbers. */
@Injectable()
export class CacheTtls {
  private readonly defaultMs: number;
  private readonly longMs: number;

  constructor({ cache }: MarqueeConfig) {
    this.defaultMs = toMilliseconds('CACHE_TTL_SECONDS', cache.ttlSeconds);
    this.longMs = toMilliseconds('CACHE_TTL_LONG_SECONDS', cache.longTtlSeconds);
  }

  /**
   * Returns a TTL in milliseconds.
   *
   * @throws RangeError for a number of seconds that is not positive and finite
   */
  toMs(ttl: Ttl): number {
    if (ttl === 'default') return this.defaultMs;
    return ttl === 'long' ? this.longMs : toMilliseconds('ttlSeconds', ttl);
  }
}

/** @throws RangeError unless `seconds` is positive and finite */
export function toMilliseconds(name: string, seconds: number): number {
  if (!(seconds > 0 && seconds < Infinity)) {
    throw new RangeError(`${name} must be a positive number of seconds, not ${seconds}`);
  }
  return Math.round(seconds * 1000);
}
