import { Inject, Injectable } from '@nestjs/common';
import { MarqueeConfig } from '@app/config';
import type { HeldLock } from '@app/locks';
import { InjectRedis, RedisClient } from '@app/redis';
import { TRENDING_SOURCE, TrendingPublisher, TrendingRepository, type TrendingSource } from '@app/trending';
import type { FleetJob } from './fleet-job.js';

/** Replaces trending movies by what their source says now. */
@Injectable()
export class TrendingJob implements FleetJob {
  readonly name = 'trending';
  readonly intervalSeconds: number;

  constructor(
    @Inject(TRENDING_SOURCE) private readonly source: TrendingSource,
    private readonly publisher: TrendingPublisher,
    private readonly repository: TrendingRepository,
    @InjectRedis('cache') private readonly redis: RedisClient,
    config: MarqueeConfig,
  ) {
    this.intervalSeconds = config.trending.refreshSeconds;
  }

  /** A set that is gone is restored from what is known; where nothing is, the source knows. */
  async isUrgent(): Promise<boolean> {
    const glance = await this.repository.look(this.redis.newBudget());
    return glance.status === 'ok' && glance.value.isGone;
  }

  async run({ signal }: HeldLock): Promise<string> {
    const ids = await this.source.ranked();
    const published = await this.publisher.publish({ ids, source: this.source.name, signal });
    return `${published.ids.length} movies of "${this.source.name}" are trending`;
  }
}
