import { Injectable, Logger } from '@nestjs/common';
import { Counter, Registry } from 'prom-client';

const minLogIntervalMs = 60_000;

/** Counts events that are lost, and logs at most once a minute how many the stream dropped. */
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
      help: 'Events that were dropped at a hard limit of the stream before every consumer group had acknowledged them',
      registers,
    });
    this.unpublished = new Counter({
      name: 'marquee_events_unpublished_total',
      help: 'Deleted sessions whose event could not be published',
      registers,
    });
  }

  /** Counts events that the stream dropped before every consumer group had acknowledged them. */
  dropped(count: number): void {
    if (count === 0) return;
    this.trimmedUnread.inc(count);
    this.unreported += count;
    if (performance.now() - this.reportedMs < minLogIntervalMs) return;
    this.reportedMs = performance.now();
    this.logger.error(
      `The event stream has reached its size limit: dropped ${this.unreported} events that a consumer group had not acknowledged. Completed transcripts are published again`,
    );
    this.unreported = 0;
  }

  deletionNotPublished(): void {
    this.unpublished.inc();
  }
}
