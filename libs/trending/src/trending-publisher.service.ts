import { Injectable } from '@nestjs/common';
import { type HeldLock, LocksService } from '@app/locks';
import { type Outcome, refusalOf } from '@app/redis';
import { inSlices } from './in-slices.js';
import { LastKnownTrending } from './last-known-trending.js';
import { TrendingNotReplacedError, TrendingRefusedError } from './trending.errors.js';
import { type SwapOptions, type TrendingGeneration, TrendingRepository } from './trending.repository.js';

/** Occupies Redis for a few milliseconds per step. */
const idsPerStep = 5_000;
/** A set that shrinks by more than half suggests that the source failed midway. */
const minShare = 0.5;
const lockName = 'trending';
const superseded = 'another update has started';

export interface Publication {
  /** Most trending first. Duplicates are dropped. */
  readonly ids: readonly number[];
  readonly source: string;
  /** Accepts an empty or shrunken set. */
  readonly force?: boolean;
  /** How long to wait for another update to finish. */
  readonly waitMs?: number;
  readonly signal?: AbortSignal;
}

/**
 * Replaces the trending movies under a lock: SADD to `next`, then RENAME `next` to `current`. Readers see either the whole
 * old set or the whole new one.
 */
@Injectable()
export class TrendingPublisher {
  constructor(
    private readonly repository: TrendingRepository,
    private readonly locks: LocksService,
    private readonly lastKnown: LastKnownTrending,
  ) {}

  /**
   * Publishes a new set and returns its generation.
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
      throw new TrendingRefusedError('empty', 'The set is empty. Set `force` to publish it anyway.');
    const options = signal ? { waitMs, signal } : { waitMs };
    const swap = { source, minShare: force ? 0 : minShare };
    const published = await this.locks.withLock(
      lockName,
      (lock) => this.replace(lock, unique, swap),
      options,
    );
    if (!published) throw new TrendingNotReplacedError(superseded);
    return published;
  }

  /**
   * Restores a generation after Redis has lost the current one, and returns it. Returns undefined if no generation is
   * found or if a current set exists, which is never overwritten.
   *
   * @param find finds the lost generation; called while the lock is held
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
      // If this fails too, the next update deletes the staging area.
      await this.repository.discard(fence);
      throw error;
    }
  }

  /** Returns undefined if a current set exists that a restoration must not overwrite. */
  private async swap(
    fence: number,
    ids: readonly number[],
    options: SwapOptions,
  ): Promise<TrendingGeneration | undefined> {
    const outcome = await this.repository.swap(fence, ids.length, options);
    if (outcome.status !== 'ok')
      throw (
        refusalOf(outcome, 'trending:*') ?? new TrendingNotReplacedError('Redis did not confirm the swap')
      );
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
          `${ids.length} ids would replace ${result.current}, less than half. Set \`force\` to publish them anyway.`,
        );
      case 'incomplete':
        throw new TrendingNotReplacedError(`only ${result.staged} of ${ids.length} ids were staged`);
      case 'superseded':
        throw new TrendingNotReplacedError(superseded);
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
  if (!outcome.value) throw new TrendingNotReplacedError(superseded);
}
