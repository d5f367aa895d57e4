import type { BreakerState } from './breaker/redis-breaker.js';
import type { PoolStats } from './pool/redis-pool.js';

/** What health and metrics show of a client. */
export interface RedisClientStatus {
  readonly address: string;
  /** The number of the database on that server; a cluster has only 0. */
  readonly database: number;
  readonly connected: boolean;
  readonly breaker: BreakerState;
  readonly pool: PoolStats | undefined;
}
