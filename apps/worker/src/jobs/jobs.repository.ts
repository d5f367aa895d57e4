import { Injectable } from '@nestjs/common';
import { InjectRedis, miss, type Outcome, RedisClient } from '@app/redis';

/** `{env}:job:{name}`: when it last succeeded, in ms since the epoch. No TTL. */
@Injectable()
export class JobsRepository {
  constructor(@InjectRedis('cache') private readonly redis: RedisClient) {}

  /** A miss where it never did. */
  async lastSuccessMs(name: string): Promise<Outcome<number>> {
    const outcome = await this.redis.get(this.redis.newBudget(), this.key(name));
    if (outcome.status !== 'ok') return outcome;
    const atMs = Number(outcome.value.toString());
    // Not ours: as good as none.
    return Number.isFinite(atMs) ? { status: 'ok', value: atMs } : miss;
  }

  async succeeded(name: string, atMs: number): Promise<void> {
    await this.redis.command(this.redis.newBudget(), 'SET', this.key(name), atMs);
  }

  private key(name: string): string {
    return this.redis.keys.key('job', name);
  }
}
