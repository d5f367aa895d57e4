import type { BreakerState } from './breaker/redis-breaker.js';
import type { PoolStats } from './pool/redis-pool.js';

/** What health and metrics show of a client. */
export interface RedisClientStatus {
  readonly address: string;
  readonly connected: boolean;
  readonly breaker: BreakerState;
  readonly pool: PoolStats | undefined;
}
