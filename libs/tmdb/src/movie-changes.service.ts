import { Inject, Injectable } from '@nestjs/common';
import { MOVIES_PROVIDER, type MoviesProvider } from './movies-provider.js';
import { TmdbRepository } from './tmdb.repository.js';

const dayMs = 86_400_000;

export class ChangesNotDeletedError extends Error {
  constructor() {
    super('Redis did not confirm the deletion of changed movies');
    this.name = ChangesNotDeletedError.name;
  }
}

/** Deletes cached movies that TMDB reports as changed. */
@Injectable()
export class MovieChangesService {
  constructor(
    @Inject(MOVIES_PROVIDER) private readonly provider: MoviesProvider,
    private readonly repository: TmdbRepository,
  ) {}

  /**
   * Deletes the movies that have changed since yesterday; the cache holds none that are older.
   *
   * @throws UpstreamError, ChangesNotDeletedError, and the signal's reason
   */
  async deleteChanged(
    signal: AbortSignal,
    nowMs = Date.now(),
  ): Promise<{ changed: number; deleted: number }> {
    const day = (ms: number): string => new Date(ms).toISOString().slice(0, 10);
    let [changed, deleted] = [0, 0];
    for await (const ids of this.provider.changes(day(nowMs - dayMs), day(nowMs))) {
      signal.throwIfAborted();
      if (ids.length === 0) continue;
      const count = await this.repository.delete(ids);
      if (count === undefined) throw new ChangesNotDeletedError();
      changed += ids.length;
      deleted += count;
    }
    return { changed, deleted };
  }
}
