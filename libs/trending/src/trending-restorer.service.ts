import { Injectable, Logger, type OnApplicationBootstrap, type OnModuleDestroy } from '@nestjs/common';
import { LockHeldError, LockUnavailableError } from '@app/locks';
import { Counter, Registry } from 'prom-client';
import { LastKnownTrending } from './last-known-trending.js';
import { TrendingPublisher } from './trending-publisher.service.js';
import { type TrendingGeneration, type TrendingSummary, TrendingRepository } from './trending.repository.js';

const checkIntervalMs = 2_000;

/** Where a restored generation came from. */
type Origin = 'ranking' | 'memory' | 'previous';

/**
 * Restores the trending movies after the current set was deleted or Redis lost its data: from the set's own ranking if that
 * is left, otherwise from the newer of the previous generation and the one that this process last knew. If neither exists,
 * the worker refreshes the set from its source.
 */
@Injectable()
export class TrendingRestorer implements OnApplicationBootstrap, OnModuleDestroy {
  private readonly logger = new Logger('Trending');
  private readonly restorations: Counter<'kind'>;
  private timer: NodeJS.Timeout | undefined;
  private restoring: Promise<void> | undefined;

  constructor(
    private readonly repository: TrendingRepository,
    private readonly publisher: TrendingPublisher,
    private readonly lastKnown: LastKnownTrending,
    registry: Registry,
  ) {
    this.restorations = new Counter({
      name: 'marquee_trending_restorations_total',
      help: 'Lost trending sets that this process restored, by kind of source',
      labelNames: ['kind'],
      registers: [registry],
    });
  }

  onApplicationBootstrap(): void {
    this.timer = setInterval(() => void this.check(), checkIntervalMs * (0.9 + Math.random() / 5));
    this.timer.unref();
  }

  /** Waits for a restoration in progress, while the connection to Redis is still open. */
  async onModuleDestroy(): Promise<void> {
    clearInterval(this.timer);
    await this.restoring;
  }

  /** Starts a restoration in the background unless one is running or there is nothing to restore from. */
  restoreSoon({ isRecoverable }: TrendingSummary): void {
    if (!isRecoverable && !this.lastKnown.value) return;
    this.restoring ??= this.restore().finally(() => (this.restoring = undefined));
  }

  private async check(): Promise<void> {
    const summary = await this.repository.summarize(this.repository.newBudget());
    if (summary.status === 'ok' && summary.value.isMissing) this.restoreSoon(summary.value);
  }

  private async restore(): Promise<void> {
    let origin: Origin | undefined;
    try {
      const restored = await this.publisher.restore(async () => {
        const found = await this.find();
        origin = found?.origin;
        return found?.generation;
      });
      if (!restored || !origin) return;
      this.restorations.inc({ kind: origin });
      this.logger.warn(`The set was missing: restored ${restored.ids.length} ids from ${origin}`);
    } catch (error) {
      // Another process is restoring or updating the set, or Redis is unavailable: the next check tries again.
      if (error instanceof LockHeldError || error instanceof LockUnavailableError) return;
      this.logger.warn(`The set is missing and could not be restored: ${(error as Error).message}`);
    }
  }

  private async find(): Promise<{ origin: Origin; generation: TrendingGeneration } | undefined> {
    const ranking = await this.repository.readRanking();
    if (ranking) return { origin: 'ranking', generation: ranking };
    const memory = this.lastKnown.value;
    const outcome = await this.repository.readPrevious();
    const previous = outcome.status === 'ok' ? outcome.value : undefined;
    if (memory && !(previous && isNewer(previous, memory))) return { origin: 'memory', generation: memory };
    return previous && { origin: 'previous', generation: previous };
  }
}

/** A set that another program wrote has no generation. It was current when read, so a previous one is not newer. */
const isNewer = (one: TrendingGeneration, other: TrendingGeneration): boolean =>
  one.generation !== null && other.generation !== null && one.generation > other.generation;
