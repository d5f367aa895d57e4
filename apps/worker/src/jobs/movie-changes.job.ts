import { Injectable } from '@nestjs/common';
import { MarqueeConfig } from '@app/config';
import type { HeldLock } from '@app/locks';
import { MovieChangesService } from '@app/tmdb';
import type { FleetJob } from './fleet-job.js';

/** Deletes cached movies that have changed at TMDB. */
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

  /** Returns false, because there is nothing to delete after Redis has lost its data. */
  isUrgent(): Promise<boolean> {
    return Promise.resolve(false);
  }

  async run({ signal }: HeldLock): Promise<string> {
    const { changed, deleted } = await this.changes.deleteChanged(signal);
    return `${changed} movies changed, deleted ${deleted} from the cache`;
  }
}
