import { Inject, Injectable } from '@nestjs/common';
import { MOVIES_PROVIDER, type MoviesProvider } from './movies-provider.js';
import { TmdbRepository } from './tmdb.repository.js';

const dayMs = 86_400_000;

export class ChangesNotDroppedError extends Error {
  constructor() {
    super('Redis did not confirm that changed movies were dropped');
    this.name = ChangesNotDroppedError.name;
  }
}

/** Keeps cached movies fresh by dropping what TMDB says has changed. */
@Injectable()
export class MovieChangesService {
  constructor(
    @Inject(MOVIES_PROVIDER) private readonly provider: MoviesProvider,
    private readonly repository: TmdbRepository,
  ) {}

  /**
   * Drops the movies that have changed since yesterday: what is cached is no older than that.
   *
   * @throws UpstreamError, ChangesNotDroppedError, and the signal's reason
   */
  async dropChanged(signal: AbortSignal, nowMs = Date.now()): Promise<{ changed: number; dropped: number }> {
    const day = (ms: number): string => new Date(ms).toISOString().slice(0, 10);
    let [changed, dropped] = [0, 0];
    for await (const ids of this.provider.changes(day(nowMs - dayMs), day(nowMs))) {
      signal.throwIfAborted();
      if (ids.length === 0) continue;
      const gone = await this.repository.delete(ids);
      if (gone === undefined) throw new ChangesNotDroppedError();
      changed += ids.length;
      dropped += gone;
    }
    return { changed, dropped };
  }
}
