import { Injectable } from '@nestjs/common';
import type { ConsumerListener, GroupState } from '@app/events';
import { Counter, Gauge, Registry } from 'prom-client';

/** The event stream and its consumers as Prometheus sees them. */
@Injectable()
export class ConsumersMetrics implements ConsumerListener {
  private readonly events: Counter<'group' | 'outcome'>;
  private readonly length: Gauge;
  private readonly pending: Gauge<'group'>;
  private readonly lag: Gauge<'group'>;
  private readonly lost: Counter;

  constructor(registry: Registry) {
    const registers = [registry];
    this.events = new Counter({
      name: 'marquee_events_consumed_total',
      help: 'Events that consumers of this process had, by how that ended',
      labelNames: ['group', 'outcome'],
      registers,
    });
    this.length = new Gauge({
      name: 'marquee_events_stream_length',
      help: 'Entries of the event stream',
      registers,
    });
    this.pending = new Gauge({
      name: 'marquee_events_pending',
      help: 'Events that were delivered to a group and not acknowledged',
      labelNames: ['group'],
      registers,
    });
    this.lag = new Gauge({
      name: 'marquee_events_lag',
      help: 'Events that were not delivered to a group yet',
      labelNames: ['group'],
      registers,
    });
    this.lost = new Counter({
      name: 'marquee_events_trimmed_unread_total',
      help: 'Times that the stream grew so long that events went which some group had not acknowledged',
      registers,
    });
  }

  handled(group: string, outcome: string, count: number): void {
    this.events.inc({ group, outcome }, count);
  }

  measured(length: number, groups: readonly GroupState[]): void {
    this.length.set(length);
    for (const { name, pending, lag } of groups) {
      this.pending.set({ group: name }, pending);
      if (lag !== null) this.lag.set({ group: name }, lag);
    }
  }

  trimmedUnread(): void {
    this.lost.inc();
  }
}
