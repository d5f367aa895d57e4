import { Injectable } from '@nestjs/common';
import { type HeldLock, LocksService } from '@app/locks';
import { type Outcome, refusalOf } from '@app/redis';
import { inSlices } from './in-slices.js';
import { LastKnownTrending } from './last-known-trending.js';
import { TrendingNotReplacedError, TrendingRefusedError } from './trending.errors.js';
import { type SwapOptions, type TrendingGeneration, TrendingRepository } from './trending.repository.js';

/** A few milliseconds of Redis's time a step. */
const idsPerStep = 5_000;
/** Fewer than half as many as before look like a source that failed midway. */
const minShare = 0.5;
const lockName = 'trending';

export interface Publication {
  /** Most trending first; each counts once. */
  readonly ids: readonly number[];
  readonly source: string;
  /** Take an empty or shrunken set as well. */
  readonly force?: boolean;
  /** How long to wait for another replacement to end. */
  readonly waitMs?: number;
  readonly signal?: AbortSignal;
}

/** Replaces trending movies: SADD next, RENAME next current, under a lock. Readers see the old or the new set, whole. */
@Injectable()
export class TrendingPublisher {
  constructor(
    private readonly repository: TrendingRepository,
    private readonly locks: LocksService,
    private readonly lastKnown: LastKnownTrending,
  ) {}

  /**
   * Returns the generation that is current now.
   *
   * @throws TrendingRefusedError, TrendingNotReplacedError, and what `withLock` throws
   */
  async publish({
    ids,
    source,
    force = false,
    waitMs = 0,
    signal,
  }: Publication): Promise<TrendingGeneration> {
    const unique = await uniqueOf(ids);
    if (unique.length === 0 && !force)
      throw new TrendingRefusedError('empty', 'The set is empty. Force it if that is meant.');
    const options = signal ? { waitMs, signal } : { waitMs };
    const swap = { source, minShare: force ? 0 : minShare };
    const published = await this.locks.withLock(
      lockName,
      (lock) => this.replace(lock, unique, swap),
      options,
    );
    if (!published) throw new TrendingNotReplacedError('another replacement has begun');
    return published;
  }

  /**
   * Puts a generation back where Redis has lost the current one. Returns it; undefined where nothing is known, or a
   * current set is there: that is never overwritten.
   *
   * @param find looks for the generation, once the lock is held
   * @throws TrendingNotReplacedError, and what `withLock` throws
   */
  async restore(
    find: () => Promise<TrendingGeneration | undefined>,
  ): Promise<TrendingGeneration | undefined> {
    return this.locks.withLock(lockName, async (lock) => {
      const lost = await find();
      if (!lost || lost.ids.length === 0) return undefined;
      const { source, updatedAtMs } = lost;
      return this.replace(lock, lost.ids, {
        source: source ?? 'restored',
        minShare: 0,
        restores: { updatedAtMs },
      });
    });
  }

  private async replace({ fence, signal }: HeldLock, ids: readonly number[], swap: SwapOptions) {
    confirmed(await this.repository.begin(fence));
    try {
      for (let start = 0; start < ids.length; start += idsPerStep) {
        signal.throwIfAborted();
        confirmed(await this.repository.stage(fence, ids.slice(start, start + idsPerStep)));
      }
      signal.throwIfAborted();
      const published = await this.swap(fence, ids, swap);
      if (published) this.lastKnown.remember(published);
      else await this.repository.discard(fence);
      return published;
    } catch (error) {
      // What stays behind is swept by the next replacement.
      await this.repository.discard(fence);
      throw error;
    }
  }

  /** Undefined where there is a current set that a restoration must not overwrite. */
  private async swap(
    fence: number,
    ids: readonly number[],
    options: SwapOptions,
  ): Promise<TrendingGeneration | undefined> {
    const outcome = await this.repository.swap(fence, ids.length, options);
    if (outcome.status !== 'ok')
      throw refusalOf(outcome, 'trending:*') ?? new TrendingNotReplacedError('Redis did not confirm it');
    const result = outcome.value;
    switch (result.state) {
      case 'swapped': {
        const { generation, updatedAtMs } = result;
        return { generation, ids, source: options.source, updatedAtMs };
      }
      case 'present':
        return undefined;
      case 'shrunken':
        throw new TrendingRefusedError(
          'shrunken',
          `${ids.length} ids would replace ${result.current}: fewer than half. Force it if that is meant.`,
        );
      case 'incomplete':
        throw new TrendingNotReplacedError(`${result.staged} of ${ids.length} ids were staged`);
      case 'not-ours':
        throw new TrendingNotReplacedError('another replacement has begun');
    }
  }
}

async function uniqueOf(ids: readonly number[]): Promise<readonly number[]> {
  const unique = new Set<number>();
  await inSlices(ids, (id) => unique.add(id));
  return unique.size === ids.length ? ids : [...unique];
}

function confirmed(outcome: Outcome<boolean>): void {
  if (outcome.status !== 'ok')
    throw refusalOf(outcome, 'trending:*') ?? new TrendingNotReplacedError('Redis did not confirm a step');
  if (!outcome.value) throw new TrendingNotReplacedError('another replacement has begun');
}
