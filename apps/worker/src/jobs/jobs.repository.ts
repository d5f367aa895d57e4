import { Injectable } from '@nestjs/common';
import { InjectRedis, miss, type Outcome, RedisClient } from '@app/redis';

/** Stores the time of each job's last success in `{env}:job:{name}`, in milliseconds since the epoch, without a TTL. */
@Injectable()
export class JobsRepository {
  constructor(@InjectRedis('cache') private readonly redis: RedisClient) {}

  /** Returns a miss if the job has never succeeded. */
  async lastSuccessMs(name: string): Promise<Outcome<number>> {
    const outcome = await this.redis.get(this.redis.newBudget(), this.key(name));
    if (outcome.status !== 'ok') return outcome;
    const atMs = Number(outcome.value.toString());
    // Another program may have written something else.
    return Number.isFinite(atMs) ? { status: 'ok', value: atMs } : miss;
  }

  async recordSuccess(name: string, atMs: number): Promise<void> {
    await this.redis.command(this.redis.newBudget(), 'SET', this.key(name), atMs);
  }

  private key(name: string): string {
    return this.redis.keys.key('job', name);
  }
}
