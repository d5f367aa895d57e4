import type { BreakerState } from './breaker/redis-breaker.js';
import type { Refusal } from './faults/fault-log.js';
import type { PoolStats } from './pool/redis-pool.js';

/** What health and metrics show of a client. */
export interface RedisClientStatus {
  readonly address: string;
  /** The number of the database on that server; a cluster has only 0. */
  readonly database: number;
  readonly connected: boolean;
  readonly breaker: BreakerState;
  readonly pool: PoolStats | undefined;
  /** What a server that answers refused within the last half minute, such as a write because it is full. */
  readonly refusal: Refusal | undefined;
}
