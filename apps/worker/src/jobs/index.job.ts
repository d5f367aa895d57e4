import { Injectable, type OnApplicationBootstrap } from '@nestjs/common';
import { MarqueeConfig } from '@app/config';
import type { HeldLock } from '@app/locks';
import { BUILD_LOCK_TTL_MS, IndexBuilder, SnapshotFollower } from '@app/search';
import type { FleetJob } from './fleet-job.js';

/** Builds the search index, and updates it with the changes that TMDB reports. */
@Injectable()
export class IndexJob implements FleetJob, OnApplicationBootstrap {
  readonly name = 'index';
  readonly lockTtlMs = BUILD_LOCK_TTL_MS;
  readonly intervalSeconds: number;
  private started: Promise<unknown> = Promise.resolve();

  constructor(
    private readonly builder: IndexBuilder,
    private readonly follower: SnapshotFollower,
    config: MarqueeConfig,
  ) {
    this.intervalSeconds = config.movies.changesSeconds;
  }

  onApplicationBootstrap(): void {
    this.started = this.follower.start();
  }

  /** Returns whether an operator requested a rebuild, or the published index is not as configured. */
  async isUrgent(): Promise<boolean> {
    await this.started;
    return (await this.builder.task()) !== undefined;
  }

  async run({ signal }: HeldLock): Promise<string> {
    await this.started;
    return this.builder.run(signal);
  }
}
