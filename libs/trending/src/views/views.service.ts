import { type BeforeApplicationShutdown, Injectable, type OnModuleInit } from '@nestjs/common';
import { MarqueeConfig } from '@app/config';
import { ViewsRepository } from './views.repository.js';

const flushMs = 1_000;
/** Movies whose views wait while Redis is away; views of further ones are not counted. */
const maxPending = 10_000;

/** Counts which movies were looked at, for TRENDING_SOURCE=views. Adding up here keeps requests free of it. */
@Injectable()
export class ViewsService implements OnModuleInit, BeforeApplicationShutdown {
  private waiting = new Map<number, number>();
  private timer: NodeJS.Timeout | undefined;
  private readonly isOn: boolean;

  constructor(
    private readonly repository: ViewsRepository,
    config: MarqueeConfig,
  ) {
    this.isOn = config.trending.source === 'views';
  }

  onModuleInit(): void {
    if (!this.isOn) return;
    this.timer = setInterval(() => void this.flush(), flushMs);
    this.timer.unref();
  }

  async beforeApplicationShutdown(): Promise<void> {
    clearInterval(this.timer);
    await this.flush();
  }

  record(id: number): void {
    if (!this.isOn || (this.waiting.size >= maxPending && !this.waiting.has(id))) return;
    this.waiting.set(id, (this.waiting.get(id) ?? 0) + 1);
  }

  /** Views that Redis surely did not count wait for the next time. */
  private async flush(): Promise<void> {
    if (this.waiting.size === 0) return;
    const counts = this.waiting;
    this.waiting = new Map();
    const outcome = await this.repository.record(counts, Date.now());
    if (outcome.status === 'ok' || ('mayHaveRun' in outcome && outcome.mayHaveRun)) return;
    for (const [id, count] of counts) {
      if (this.waiting.size < maxPending) this.waiting.set(id, (this.waiting.get(id) ?? 0) + count);
    }
  }
}
