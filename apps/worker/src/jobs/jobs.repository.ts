import { Injectable } from '@nestjs/common';
import { InjectRedis, type Outcome, RedisClient } from '@app/redis';

/** `{env}:job:{name}`: when it last succeeded, in ms since the epoch. No TTL. */
@Injectable()
export class JobsRepository {
  constructor(@InjectRedis('cache') private readonly redis: RedisClient) {}

  /** A miss where it never did. */
  async lastSuccessMs(name: string): Promise<Outcome<number>> {
    const outcome = await this.redis.get(this.redis.newBudget(), this.key(name));
    return outcome.status === 'ok' ? { status: 'ok', value: Number(outcome.value.toString()) } : outcome;
  }

  async succeeded(name: string, atMs: number): Promise<void> {
    await this.redis.command(this.redis.newBudget(), 'SET', this.key(name), atMs);
  }

  private key(name: string): string {
    return this.redis.keys.key('job', name);
  }
}
