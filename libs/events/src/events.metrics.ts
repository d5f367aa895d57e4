import { Injectable, Logger } from '@nestjs/common';
import { Counter, Registry } from 'prom-client';

const minLogIntervalMs = 60_000;

/** Counts what the event stream loses at its hard bounds, and reports it in the log once a minute. */
@Injectable()
export class EventsMetrics {
  private readonly logger = new Logger('Events');
  private readonly trimmedUnread: Counter;
  private readonly unpublished: Counter;
  private unreported = 0;
  private reportedMs = -minLogIntervalMs;

  constructor(registry: Registry) {
    const registers = [registry];
    this.trimmedUnread = new Counter({
      name: 'marquee_events_trimmed_unread_total',
      help: 'Events dropped at a hard bound of the stream that some group had not acknowledged',
      registers,
    });
    this.unpublished = new Counter({
      name: 'marquee_events_unpublished_total',
      help: 'Deletions whose event could not be published',
      registers,
    });
  }

  /** @param count events that this process has just seen dropped unread */
  dropped(count: number): void {
    if (count === 0) return;
    this.trimmedUnread.inc(count);
    this.unreported += count;
    if (performance.now() - this.reportedMs < minLogIntervalMs) return;
    this.reportedMs = performance.now();
    this.logger.error(
      `The event stream is at its bound: ${this.unreported} events were dropped that a consumer group had not acknowledged. Completed transcripts are published again`,
    );
    this.unreported = 0;
  }

  deletionNotPublished(): void {
    this.unpublished.inc();
  }
}
