import { Injectable, Logger, type OnApplicationBootstrap, type OnModuleDestroy } from '@nestjs/common';
import { LockHeldError, LockUnavailableError } from '@app/locks';
import { Counter, Registry } from 'prom-client';
import { LastKnownTrending } from './last-known-trending.js';
import { TrendingPublisher } from './trending-publisher.service.js';
import { type TrendingGeneration, type TrendingGlance, TrendingRepository } from './trending.repository.js';

/** One small round trip a process. */
const checkEveryMs = 2_000;

/** Where a restored generation came from. */
type Origin = 'ranking' | 'memory' | 'previous';

/**
 * Puts trending movies back when the current set is gone, because somebody deleted it or Redis lost its memory: from its
 * own ranking where that is left, else from the newest of what this process last knew and the previous generation. A
 * worker refreshes the set when nothing is known.
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
      help: 'Times that this process put a lost trending set back, by kind of source',
      labelNames: ['kind'],
      registers: [registry],
    });
  }

  onApplicationBootstrap(): void {
    this.timer = setInterval(() => void this.check(), checkEveryMs * (0.9 + Math.random() / 5));
    this.timer.unref();
  }

  /** Waits for a restoration under way: Redis is still open then. */
  async onModuleDestroy(): Promise<void> {
    clearInterval(this.timer);
    await this.restoring;
  }

  /** Restores in the background, once at a time. Where nothing is known, the lock is left to those who publish. */
  restoreSoon({ isRecoverable }: TrendingGlance): void {
    if (!isRecoverable && !this.lastKnown.value) return;
    this.restoring ??= this.restore().finally(() => (this.restoring = undefined));
  }

  private async check(): Promise<void> {
    const glance = await this.repository.look(this.repository.newBudget());
    if (glance.status === 'ok' && glance.value.isGone) this.restoreSoon(glance.value);
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
      this.logger.warn(`The set was gone: ${restored.ids.length} ids were restored (${origin})`);
    } catch (error) {
      // Another process is restoring or replacing it, or Redis is away: the next check sees how that ended.
      if (error instanceof LockHeldError || error instanceof LockUnavailableError) return;
      this.logger.warn(`The set is gone and could not be restored: ${(error as Error).message}`);
    }
  }

  private async find(): Promise<{ origin: Origin; generation: TrendingGeneration } | undefined> {
    const ranking = await this.repository.readLeftOver();
    if (ranking) return { origin: 'ranking', generation: ranking };
    const memory = this.lastKnown.value;
    const outcome = await this.repository.readPrevious();
    const previous = outcome.status === 'ok' ? outcome.value : undefined;
    if (memory && !(previous && isNewer(previous, memory))) return { origin: 'memory', generation: memory };
    return previous && { origin: 'previous', generation: previous };
  }
}

/** Another program's set has no generation. It was current when it was read, so it is no older than what was previous. */
const isNewer = (one: TrendingGeneration, other: TrendingGeneration): boolean =>
  one.generation !== null && other.generation !== null && one.generation > other.generation;
