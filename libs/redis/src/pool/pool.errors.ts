/** No lease became free in time. */
export class PoolExhaustedError extends Error {
  readonly code = 'REDIS_POOL_EXHAUSTED';

  constructor(
    readonly target: string,
    readonly leases: number,
    readonly waitedMs: number,
    remedy = 'Raise REDIS_POOL_SIZE, or hold leases for less time.',
  ) {
    super(
      `All ${leases} exclusive connections to Redis "${target}" were in use for ${waitedMs} ms. ${remedy}`,
    );
    this.name = PoolExhaustedError.name;
  }
}

/** Redis is unavailable, so that an exclusive connection could not be opened or keys could not be walked. */
export class RedisUnavailableError extends Error {
  readonly code = 'REDIS_UNAVAILABLE';

  constructor(
    readonly target: string,
    readonly reason: string,
  ) {
    super(`Redis "${target}" is unavailable: ${reason}`);
    this.name = RedisUnavailableError.name;
  }
}
