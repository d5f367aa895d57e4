import { Injectable } from '@nestjs/common';
import { MarqueeConfig } from '@app/config';
import { InjectRedis, loadScript, type Outcome, RedisClient, shared } from '@app/redis';

const record = loadScript('record-views-1', new URL('../scripts/record-views-1.lua', import.meta.url));
const rank = loadScript('rank-views-57', new URL('../scripts/rank-views-57.lua', import.meta.url));

const hourMs = 3_600_000;
const bucketsPerHalfLife = 8;
/** Seven half-lives: older views weigh less than a hundredth. */
const buckets = 7 * bucketsPerHalfLife;

/** Stores views by time in `{env}:trending:views:{width}:{bucket}`: sorted sets that expire with their weight. */
@Injectable()
export class ViewsRepository {
  private readonly bucketMs: number;

  constructor(
    @InjectRedis('cache') private readonly redis: RedisClient,
    config: MarqueeConfig,
  ) {
    this.bucketMs = (config.trending.halfLifeHours * hourMs) / bucketsPerHalfLife;
    redis.register(record);
    redis.register(rank);
  }

  /** Adds view counts by movie id. */
  record(counts: ReadonlyMap<number, number>, nowMs: number): Promise<Outcome<unknown>> {
    const args = [...counts].flatMap(([id, count]) => [count, id]);
    return this.redis.run(this.redis.newBudget(), record, {
      keys: [this.bucketKey(this.bucketAt(nowMs))],
      args: [(buckets + 1) * this.bucketMs, ...args],
    });
  }

  /** Returns the most viewed ids. The weight of a view halves with every half-life. */
  async ranked(count: number, nowMs: number): Promise<Outcome<readonly number[]>> {
    const newest = this.bucketAt(nowMs);
    const ages = Array.from({ length: buckets }, (_, age) => age);
    const outcome = await this.redis.run(this.redis.newBudget(), rank, {
      keys: [
        this.redis.keys.key(shared('trending'), 'views', 'sum'),
        ...ages.map((age) => this.bucketKey(newest - age)),
      ],
      args: [count, ...ages.map((age) => 2 ** (-age / bucketsPerHalfLife))],
    });
    if (outcome.status !== 'ok') return outcome;
    return { status: 'ok', value: (outcome.value as Buffer[]).map(Number) };
  }

  private bucketAt(nowMs: number): number {
    return Math.floor(nowMs / this.bucketMs);
  }

  private bucketKey(bucket: number): string {
    return this.redis.keys.key(shared('trending'), 'views', `${this.bucketMs}`, `${bucket}`);
  }
}
