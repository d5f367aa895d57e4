import { Inject, Injectable, Logger } from '@nestjs/common';
import { withTimeout } from '@app/async';
import { type RedisBudget, refusalOf } from '@app/redis';
import { LastKnownTrending } from './last-known-trending.js';
import { TrendingNotReplacedError, TrendingUnavailableError } from './trending.errors.js';
import { TrendingRepository, type TrendingGeneration, type TrendingGlance } from './trending.repository.js';
import { TrendingRestorer } from './trending-restorer.service.js';
import {
  isGlimpseOf,
  isSame,
  toSnapshot,
  toTrending,
  type Trending,
  type TrendingSnapshot,
} from './trending-snapshot.js';
import { TRENDING_SOURCE, type TrendingSource } from './trending-source.js';

/** The source is not asked again for this long after a failure. */
const sourcePauseMs = 5_000;

/**
 * Answers from a snapshot in this process. At each request Redis is asked, in one small round trip, whether it is still
 * current. Without Redis the last known one is served; before the first, the source is asked directly.
 */
@Injectable()
export class TrendingService {
  private readonly logger = new Logger('Trending');
  private snapshot: TrendingSnapshot | undefined;
  private loading: Promise<TrendingSnapshot | undefined> | undefined;
  private asking: Promise<TrendingSnapshot> | undefined;
  private pausedUntilMs = 0;

  constructor(
    private readonly repository: TrendingRepository,
    private readonly restorer: TrendingRestorer,
    private readonly lastKnown: LastKnownTrending,
    @Inject(TRENDING_SOURCE) private readonly source: TrendingSource,
  ) {}

  /** @throws TrendingUnavailableError when no set is known and none can be had */
  async get(budget: RedisBudget): Promise<Trending> {
    const glance = await this.repository.look(budget);
    if (glance.status === 'ok') {
      if (glance.value.isGone) this.restorer.restoreSoon(glance.value);
      else {
        const current = await this.current(budget, glance.value);
        if (current) return toTrending(current, false);
      }
    }
    return toTrending(this.snapshot ?? (await this.askSource()), true);
  }

  /** Answers from this generation from now on: whoever published it reads its own write, however large it is. */
  async adopt(generation: TrendingGeneration): Promise<TrendingSnapshot> {
    const snapshot = await toSnapshot(generation);
    this.snapshot = snapshot;
    return snapshot;
  }

  /** Exchanges the current and the previous set. False where there is no previous one. @throws TrendingNotReplacedError */
  async rollback(budget: RedisBudget): Promise<boolean> {
    const outcome = await this.repository.rollback(budget);
    if (outcome.status !== 'ok')
      throw refusalOf(outcome, 'trending:*') ?? new TrendingNotReplacedError('Redis did not confirm it');
    return outcome.value;
  }

  /** Undefined where the current generation is not here in the request's time; it is loaded all the same. */
  private async current(budget: RedisBudget, glance: TrendingGlance): Promise<TrendingSnapshot | undefined> {
    if (this.snapshot && isSame(this.snapshot, glance)) return this.snapshot;
    // One read for all that miss a new generation.
    this.loading ??= this.load(glance).finally(() => (this.loading = undefined));
    return this.snapshot ? withTimeout(this.loading, budget.totalMs, () => undefined) : this.loading;
  }

  private async load(glance: TrendingGlance): Promise<TrendingSnapshot | undefined> {
    const known = this.lastKnown.value;
    if (known && isGlimpseOf(known, glance)) return this.adopt(known);
    const outcome = await this.repository.read(this.repository.bulkBudget());
    if (outcome.status !== 'ok') return undefined;
    this.lastKnown.remember(outcome.value);
    return this.adopt(outcome.value);
  }

  /** Nobody has published yet, or Redis is away. */
  private async askSource(): Promise<TrendingSnapshot> {
    if (performance.now() < this.pausedUntilMs) throw new TrendingUnavailableError();
    this.asking ??= this.readSource().finally(() => (this.asking = undefined));
    return this.asking;
  }

  private async readSource(): Promise<TrendingSnapshot> {
    try {
      const ids = await this.source.ranked();
      if (ids.length === 0) throw new Error(`the source "${this.source.name}" has nothing`);
      const { name } = this.source;
      const asked = await toSnapshot({ generation: null, ids, source: name, updatedAtMs: Date.now() });
      this.snapshot ??= asked;
      return this.snapshot;
    } catch (cause) {
      this.pausedUntilMs = performance.now() + sourcePauseMs;
      this.logger.warn(`No set is known and the source failed: ${(cause as Error).message}`);
      throw new TrendingUnavailableError({ cause });
    }
  }
}
