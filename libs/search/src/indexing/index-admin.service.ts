import { Inject, Injectable } from '@nestjs/common';
import { type IndexStats, MOVIE_INDEX, type MovieIndex } from '../movie-index/movie-index.js';
import type { SnapshotPointer } from '../snapshot/snapshot-pointer.js';
import { UnreadableSnapshotError } from '../snapshot/snapshot.errors.js';
import { SnapshotRepository } from '../snapshot/snapshot.repository.js';
import { IndexActivity } from './index-activity.js';
import { type Activity, IndexingRepository } from './indexing.repository.js';
import { RebuildNotQueuedError, RebuildUnderWayError } from './indexing.errors.js';

export interface IndexState {
  /** The index of this process. */
  readonly index: IndexStats;
  /** The index in Redis; undefined if there is none, or Redis does not reply. */
  readonly published: SnapshotPointer | undefined;
  readonly activity: Activity | undefined;
  readonly lastError: { readonly message: string; readonly at: string } | undefined;
  readonly rebuildRequestedAt: string | undefined;
}

/** Shows the state of the index, and requests rebuilds from the worker. */
@Injectable()
export class IndexAdminService {
  constructor(
    @Inject(MOVIE_INDEX) private readonly index: MovieIndex,
    private readonly snapshots: SnapshotRepository,
    private readonly repository: IndexingRepository,
    private readonly activity: IndexActivity,
  ) {}

  /** @throws IndexNotLoadedError if this process has no index yet */
  async state(): Promise<IndexState> {
    const [index, published, activity, lastError, rebuildRequestedAt] = await Promise.all([
      this.index.stats(),
      this.published(),
      this.activity.read(),
      this.activity.readLastError(),
      this.repository.requestedAt(),
    ]);
    return { index, published, activity, lastError, rebuildRequestedAt };
  }

  /** Requests a rebuild. @throws RebuildUnderWayError, RebuildNotQueuedError */
  async requestRebuild(): Promise<void> {
    const isRequested = await this.repository.request();
    if (isRequested === undefined) throw new RebuildNotQueuedError();
    if (!isRequested) throw new RebuildUnderWayError();
  }

  private async published(): Promise<SnapshotPointer | undefined> {
    try {
      const outcome = await this.snapshots.pointer();
      return outcome.status === 'ok' ? outcome.value : undefined;
    } catch (error) {
      // The follower logs it.
      if (error instanceof UnreadableSnapshotError) return undefined;
      throw error;
    }
  }
}
