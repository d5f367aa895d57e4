import { Injectable } from '@nestjs/common';
import { type HeldLock, LocksService } from '@app/locks';
import { type Outcome, refusalOf } from '@app/redis';
import { TrendingNotReplacedError, TrendingRefusedError } from './trending.errors.js';
import { TrendingRepository } from './trending.repository.js';

/** A few milliseconds of Redis's time a step. */
const idsPerStep = 5_000;
/** Fewer than half as many as before look like a source that failed midway. */
const smallestShare = 0.5;
const lockName = 'trending';

export interface Publication {
  /** Most trending first; each counts once. */
  readonly ids: readonly number[];
  readonly source: string;
  /** Take an empty or shrunken set as well. */
  readonly force?: boolean;
  /** How long to wait for another's replacement to end. */
  readonly waitMs?: number;
  readonly signal?: AbortSignal;
}

/** Replaces what trends: SADD next, RENAME next current, under a lock. Readers see the old or the new set, whole. */
@Injectable()
export class TrendingPublisher {
  constructor(
    private readonly repository: TrendingRepository,
    private readonly locks: LocksService,
  ) {}

  /**
   * Answers how many ids now trend.
   *
   * @throws TrendingRefusedError, TrendingNotReplacedError, and what `withLock` throws
   */
  async publish({ ids, source, force = false, waitMs = 0, signal }: Publication): Promise<number> {
    const unique = [...new Set(ids)];
    if (unique.length === 0 && !force)
      throw new TrendingRefusedError('empty', 'The set is empty. Force it if that is meant.');
    const options = signal ? { waitMs, signal } : { waitMs };
    await this.locks.withLock(lockName, (lock) => this.replace(lock, unique, source, force), options);
    return unique.length;
  }

  private async replace({ fence, signal }: HeldLock, ids: readonly number[], source: string, force: boolean) {
    confirmed(await this.repository.begin(fence));
    try {
      for (let start = 0; start < ids.length; start += idsPerStep) {
        signal.throwIfAborted();
        confirmed(await this.repository.stage(fence, ids.slice(start, start + idsPerStep)));
      }
      signal.throwIfAborted();
      await this.swap(fence, ids.length, source, force);
    } catch (error) {
      // What stays behind is swept by the next replacement.
      await this.repository.discard(fence);
      throw error;
    }
  }

  private async swap(fence: number, count: number, source: string, force: boolean): Promise<void> {
    const outcome = await this.repository.swap(fence, count, source, force ? 0 : smallestShare);
    if (outcome.status !== 'ok')
      throw refusalOf(outcome, 'trending:*') ?? new TrendingNotReplacedError('Redis did not confirm it');
    const result = outcome.value;
    switch (result.state) {
      case 'swapped':
        return;
      case 'shrunken':
        throw new TrendingRefusedError(
          'shrunken',
          `${count} ids would replace ${result.current}: fewer than half. Force it if that is meant.`,
        );
      case 'incomplete':
        throw new TrendingNotReplacedError(`${result.staged} of ${count} ids were staged`);
      case 'not-ours':
        throw new TrendingNotReplacedError('another replacement has begun');
    }
  }
}

function confirmed(outcome: Outcome<boolean>): void {
  if (outcome.status !== 'ok')
    throw refusalOf(outcome, 'trending:*') ?? new TrendingNotReplacedError('Redis did not confirm a step');
  if (!outcome.value) throw new TrendingNotReplacedError('another replacement has begun');
}
