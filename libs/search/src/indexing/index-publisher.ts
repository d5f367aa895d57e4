import { Injectable, Logger } from '@nestjs/common';
import { type HeldLock, type LockOptions, LocksService } from '@app/locks';
import type { IndexDescription, IndexSource } from '../movie-index/movie-index.js';
import { type EncodedSnapshot, hashOfChunks, joinChunks } from '../snapshot/encoded-snapshot.js';
import { UnreadableSnapshotError } from '../snapshot/snapshot.errors.js';
import { SnapshotRepository } from '../snapshot/snapshot.repository.js';
import { IndexingMetrics } from './indexing.metrics.js';
import { SnapshotFollower } from './snapshot-follower.js';

/** Who may publish the next index. */
export interface Builder {
  /** Aborts if another process takes over, or with the caller's reason. */
  readonly signal: AbortSignal;
  /** @throws IndexNotPublishedError, IndexSupersededError, RedisRefusalError, and the signal's reason */
  publish(snapshot: EncodedSnapshot): Promise<void>;
}

/** Lets one process of the fleet at a time build and publish an index. */
@Injectable()
export class IndexPublisher {
  private readonly logger = new Logger('Index');

  constructor(
    private readonly repository: SnapshotRepository,
    private readonly follower: SnapshotFollower,
    private readonly locks: LocksService,
    private readonly metrics: IndexingMetrics,
  ) {}

  /**
   * Runs `build` while no other process builds an index.
   *
   * @throws LockHeldError if another one does, LockUnavailableError without Redis, LockLostError, and the errors of `build`
   */
  asOnlyBuilder<T>(
    build: (builder: Builder) => Promise<T>,
    options: Pick<LockOptions, 'signal' | 'ttlMs'> = {},
  ): Promise<T> {
    return this.locks.withLock(
      'index',
      async (lock) => {
        const fence = await this.fenceOf(lock);
        const publish = (snapshot: EncodedSnapshot) => this.publish(snapshot, fence, lock.signal);
        return build({ signal: lock.signal, publish });
      },
      options,
    );
  }

  private async publish(snapshot: EncodedSnapshot, fence: number, signal: AbortSignal): Promise<void> {
    try {
      const pointer = await this.repository.publish(snapshot, fence, signal);
      this.follower.publishedHere(snapshot, pointer);
      this.metrics.published('success');
      this.logger.log(
        `Published version ${snapshot.version}: ${snapshot.movies} movies in ${pointer.bytes} bytes`,
      );
    } catch (error) {
      this.metrics.published('failure');
      throw error;
    }
  }

  /** Returns a number above that of the current index, even if Redis has lost the lock's counter. */
  private async fenceOf({ fence }: HeldLock): Promise<number> {
    try {
      const pointer = await this.repository.pointer();
      return pointer.status === 'ok' ? Math.max(fence, pointer.value.fence + 1) : fence;
    } catch (error) {
      // Publishing replaces a pointer that cannot be read.
      if (error instanceof UnreadableSnapshotError) return fence;
      throw error;
    }
  }
}

/**
 * Returns a snapshot of these chunks, with a version of its own.
 *
 * @param name the beginning of the version
 */
export function newSnapshot(
  source: IndexSource,
  { model, dimensions }: Pick<IndexDescription, 'model' | 'dimensions'>,
  chunks: readonly Buffer[],
  name: string = source,
): EncodedSnapshot {
  const updatedAt = new Date();
  const version = [name, updatedAt.getTime().toString(36), hashOfChunks(chunks).slice(0, 8)].join('-');
  return joinChunks({ version, source, updatedAt, model, dimensions }, chunks);
}
