import { Inject, Injectable, Logger } from '@nestjs/common';
import { withTimeout } from '@app/async';
import { type RedisBudget, refusalOf } from '@app/redis';
import { LastKnownTrending } from './last-known-trending.js';
import { TrendingNotReplacedError, TrendingUnavailableError } from './trending.errors.js';
import { TrendingRepository, type TrendingGeneration, type TrendingSummary } from './trending.repository.js';
import { TrendingRestorer } from './trending-restorer.service.js';
import {
  isDescribedBy,
  isCurrent,
  toSnapshot,
  toTrending,
  type Trending,
  type TrendingSnapshot,
} from './trending-snapshot.js';
import { TRENDING_SOURCE, type TrendingSource } from './trending-source.js';

/** How long to wait before calling the source again after a failure. */
const sourcePauseMs = 5_000;

/**
 * Returns the trending movies from a snapshot in this process. Each request verifies, in one small round trip to Redis, that
 * the snapshot is still current. Without Redis, the last known snapshot is returned, marked as stale; if there is none, the
 * source is called directly.
 */
@Injectable()
export class TrendingService {
  private readonly logger = new Logger('Trending');
  private snapshot: TrendingSnapshot | undefined;
  private loading: Promise<TrendingSnapshot | undefined> | undefined;
  private loadingFromSource: Promise<TrendingSnapshot> | undefined;
  private pausedUntilMs = 0;

  constructor(
    private readonly repository: TrendingRepository,
    private readonly restorer: TrendingRestorer,
    private readonly lastKnown: LastKnownTrending,
    @Inject(TRENDING_SOURCE) private readonly source: TrendingSource,
  ) {}

  /** Returns the trending movies. @throws TrendingUnavailableError if no set is known and the source fails */
  async get(budget: RedisBudget): Promise<Trending> {
    const summary = await this.repository.summarize(budget);
    if (summary.status === 'ok') {
      if (summary.value.isMissing) this.restorer.restoreSoon(summary.value);
      else {
        const current = await this.current(budget, summary.value);
        if (current) return toTrending(current, false);
      }
    }
    return toTrending(this.snapshot ?? (await this.fromSource()), true);
  }

  /** Makes a generation the current snapshot, so that its publisher reads its own write, regardless of size. */
  async adopt(generation: TrendingGeneration): Promise<TrendingSnapshot> {
    const snapshot = await toSnapshot(generation);
    this.snapshot = snapshot;
    return snapshot;
  }

  /** Restores the previous set. Returns false if there is none. @throws TrendingNotReplacedError */
  async rollback(budget: RedisBudget): Promise<boolean> {
    const outcome = await this.repository.rollback(budget);
    if (outcome.status !== 'ok')
      throw (
        refusalOf(outcome, 'trending:*') ?? new TrendingNotReplacedError('Redis did not confirm the rollback')
      );
    return outcome.value;
  }

  /** Returns undefined if the current generation cannot be loaded within the budget; it is still loaded for later requests. */
  private async current(
    budget: RedisBudget,
    summary: TrendingSummary,
  ): Promise<TrendingSnapshot | undefined> {
    if (this.snapshot && isCurrent(this.snapshot, summary)) return this.snapshot;
    // Concurrent requests share one read of a new generation.
    this.loading ??= this.load(summary).finally(() => (this.loading = undefined));
    return this.snapshot ? withTimeout(this.loading, budget.totalMs, () => undefined) : this.loading;
  }

  private async load(summary: TrendingSummary): Promise<TrendingSnapshot | undefined> {
    const known = this.lastKnown.value;
    if (known && isDescribedBy(known, summary)) return this.adopt(known);
    const outcome = await this.repository.read(this.repository.bulkBudget());
    if (outcome.status !== 'ok') return undefined;
    this.lastKnown.remember(outcome.value);
    return this.adopt(outcome.value);
  }

  /** Calls the source: nothing has been published yet, or Redis is unavailable. */
  private async fromSource(): Promise<TrendingSnapshot> {
    if (performance.now() < this.pausedUntilMs) throw new TrendingUnavailableError();
    this.loadingFromSource ??= this.readSource().finally(() => (this.loadingFromSource = undefined));
    return this.loadingFromSource;
  }

  private async readSource(): Promise<TrendingSnapshot> {
    try {
      const ids = await this.source.ranked();
      if (ids.length === 0) throw new Error(`the source "${this.source.name}" returned no ids`);
      const { name } = this.source;
      const loaded = await toSnapshot({ generation: null, ids, source: name, updatedAtMs: Date.now() });
      this.snapshot ??= loaded;
      return this.snapshot;
    } catch (cause) {
      this.pausedUntilMs = performance.now() + sourcePauseMs;
      this.logger.warn(`No trending set is known, and the source failed: ${(cause as Error).message}`);
      throw new TrendingUnavailableError({ cause });
    }
  }
}
