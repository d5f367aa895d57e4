import { type BeforeApplicationShutdown, Injectable, type OnModuleInit } from '@nestjs/common';
import { MarqueeConfig } from '@app/config';
import { ViewsRepository } from './views.repository.js';

const flushIntervalMs = 1_000;
/** How many movies can have pending views while Redis is unavailable. Views of further movies are dropped. */
const maxPendingMovies = 10_000;

/** Counts views of movies for `TRENDING_SOURCE=views`. Counts are summed here and sent to Redis outside of requests. */
@Injectable()
export class ViewsService implements OnModuleInit, BeforeApplicationShutdown {
  private pending = new Map<number, number>();
  private timer: NodeJS.Timeout | undefined;
  private readonly isEnabled: boolean;

  constructor(
    private readonly repository: ViewsRepository,
    config: MarqueeConfig,
  ) {
    this.isEnabled = config.trending.source === 'views';
  }

  onModuleInit(): void {
    if (!this.isEnabled) return;
    this.timer = setInterval(() => void this.flush(), flushIntervalMs);
    this.timer.unref();
  }

  async beforeApplicationShutdown(): Promise<void> {
    clearInterval(this.timer);
    await this.flush();
  }

  record(id: number): void {
    if (!this.isEnabled || (this.pending.size >= maxPendingMovies && !this.pending.has(id))) return;
    this.pending.set(id, (this.pending.get(id) ?? 0) + 1);
  }

  /** Sends the pending views. If Redis certainly did not count them, they are sent again with the next flush. */
  private async flush(): Promise<void> {
    if (this.pending.size === 0) return;
    const counts = this.pending;
    this.pending = new Map();
    const outcome = await this.repository.record(counts, Date.now());
    if (outcome.status === 'ok' || ('mayHaveRun' in outcome && outcome.mayHaveRun)) return;
    for (const [id, count] of counts) {
      if (this.pending.size < maxPendingMovies) this.pending.set(id, (this.pending.get(id) ?? 0) + count);
    }
  }
}
