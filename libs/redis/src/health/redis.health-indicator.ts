import { Injectable } from '@nestjs/common';
import { HealthIndicatorService } from '@nestjs/terminus';
import type { Refusal } from '../faults/fault-log.js';
import type { RedisClient } from '../redis-client.js';
import { RedisTargets } from '../targets/redis-targets.js';
import { ServerInfoService } from './server-info.js';

/** The value of `redis_status` in `GET /v1/health`. */
export type RedisStatus = 'healthy' | 'unhealthy' | 'not_initialized' | 'error';

/** The health of Redis for Terminus. Marquee works without Redis, so an outage is `degraded`, not `down`. */
@Injectable()
export class RedisHealthIndicator {
  constructor(
    private readonly targets: RedisTargets,
    private readonly servers: ServerInfoService,
    private readonly indicators: HealthIndicatorService,
  ) {}

  /** Returns one check per target that has its own server: `redis`, `redis-sessions`, `redis-limits`. */
  checks() {
    return this.targets.dedicated.map((client) => () => this.check(client));
  }

  /** Returns the status of the cache's target. */
  async status(): Promise<RedisStatus> {
    return (await probe(this.targets.client('cache'))).status;
  }

  private async check(client: RedisClient) {
    const check = this.indicators.check(client.name === 'cache' ? 'redis' : `redis-${client.name}`);
    const { status, cause } = await probe(client);
    // The cause already includes the refusal.
    const { refusal: _, ...connection } = client.status;
    const details = { redis_status: status, cause, ...connection, server: this.servers.of(client.name) };
    return status === 'healthy' ? check.up(details) : check.degraded(details);
  }
}

async function probe(client: RedisClient): Promise<{ status: RedisStatus; cause?: string }> {
  if (!client.isInitialized) return { status: 'not_initialized' };
  const outcome = await client.ping(client.newBudget());
  switch (outcome.status) {
    case 'ok':
      return statusOf(client.status.refusal);
    case 'timeout':
      return { status: 'unhealthy', cause: 'no reply within the budget' };
    case 'unavailable':
      return { status: 'unhealthy', cause: outcome.fault.code };
    case 'error':
      return { status: 'error', cause: outcome.fault.code };
    case 'miss':
      return { status: 'error', cause: 'no reply to PING' };
  }
}

/** A server that replies to PING may still refuse other commands: it is full or read-only, or its ACL denies them. */
const statusOf = (refusal: Refusal | undefined): { status: RedisStatus; cause?: string } =>
  refusal ? { status: 'error', cause: `${refusal.cause} (${refusal.command})` } : { status: 'healthy' };
