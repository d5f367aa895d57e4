import type { BreakerState } from './breaker/redis-breaker.js';
import type { Refusal } from './faults/fault-log.js';
import type { PoolStats } from './pool/redis-pool.js';

/** The state of a client, for health checks and metrics. */
export interface RedisClientStatus {
  readonly address: string;
  /** The number of the database. A cluster has only 0. */
  readonly database: number;
  readonly connected: boolean;
  readonly breaker: BreakerState;
  readonly pool: PoolStats | undefined;
  /** The last refusal of a reachable server within 30 seconds, such as that of a write because it is full. */
  readonly refusal: Refusal | undefined;
}
