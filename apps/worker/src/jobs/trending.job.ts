import { Inject, Injectable } from '@nestjs/common';
import { MarqueeConfig } from '@app/config';
import type { HeldLock } from '@app/locks';
import { InjectRedis, RedisClient } from '@app/redis';
import { TRENDING_SOURCE, TrendingPublisher, TrendingRepository, type TrendingSource } from '@app/trending';
import type { FleetJob } from './fleet-job.js';

/** Replaces the trending movies with the current ones from their source. */
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

  /** Returns whether the set is missing and could not be restored, so that it has to be loaded from the source. */
  async isUrgent(): Promise<boolean> {
    const summary = await this.repository.summarize(this.redis.newBudget());
    return summary.status === 'ok' && summary.value.isMissing;
  }

  async run({ signal }: HeldLock): Promise<string> {
    const ids = await this.source.ranked();
    const published = await this.publisher.publish({ ids, source: this.source.name, signal });
    return `published ${published.ids.length} movies from "${this.source.name}"`;
  }
}
