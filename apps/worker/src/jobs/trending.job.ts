import { Inject, Injectable } from '@nestjs/common';
import { MarqueeConfig } from '@app/config';
import type { HeldLock } from '@app/locks';
import { InjectRedis, RedisClient } from '@app/redis';
import { TRENDING_SOURCE, TrendingPublisher, TrendingRepository, type TrendingSource } from '@app/trending';
import type { FleetJob } from './fleet-job.js';

/** Replaces what trends by what its source says now. */
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

  /** A Redis that lost its memory has no set. */
  async isUrgent(): Promise<boolean> {
    const glance = await this.repository.look(this.redis.newBudget());
    return glance.status === 'ok' && glance.value.count === 0 && glance.value.generation === null;
  }

  async run({ signal }: HeldLock): Promise<string> {
    const ids = await this.source.ranked();
    const count = await this.publisher.publish({ ids, source: this.source.name, signal });
    return `${count} films of "${this.source.name}" trend`;
  }
}
