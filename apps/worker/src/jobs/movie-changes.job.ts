import { Injectable } from '@nestjs/common';
import { MarqueeConfig } from '@app/config';
import type { HeldLock } from '@app/locks';
import { MovieChangesService } from '@app/tmdb';
import type { FleetJob } from './fleet-job.js';

/** Drops cached movies that have changed at TMDB. */
@Injectable()
export class MovieChangesJob implements FleetJob {
  readonly name = 'movie-changes';
  readonly intervalSeconds: number;

  constructor(
    private readonly changes: MovieChangesService,
    config: MarqueeConfig,
  ) {
    this.intervalSeconds = config.movies.changesSeconds;
  }

  /** A Redis that lost its memory has nothing to drop. */
  isUrgent(): Promise<boolean> {
    return Promise.resolve(false);
  }

  async run({ signal }: HeldLock): Promise<string> {
    const { changed, dropped } = await this.changes.dropChanged(signal);
    return `${changed} movies changed, ${dropped} of them were cached`;
  }
}
