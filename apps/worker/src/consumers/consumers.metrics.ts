import { Injectable } from '@nestjs/common';
import type { ConsumerListener, ConsumerOutcome, ConsumerState, GroupState } from '@app/events';
import type { KeptCompletions } from '@app/sessions';
import { Counter, Gauge, Registry } from 'prom-client';

/** A snapshot of the stream. A value is undefined if Redis did not report it. */
export interface StreamState {
  readonly length: number;
  readonly bytes: number | undefined;
  readonly groups: readonly GroupState[];
  readonly completions: number | undefined;
}

/** Prometheus metrics of the event stream and its consumers. */
@Injectable()
export class ConsumersMetrics implements ConsumerListener {
  private readonly events: Counter<'group' | 'outcome'>;
  private readonly length: Gauge;
  private readonly pending: Gauge<'group'>;
  private readonly lag: Gauge<'group'>;
  private readonly replays: Gauge<'group'>;
  private readonly deadLetters: Gauge;
  private readonly waiting: Gauge<'group' | 'by'>;
  private readonly bytes: Gauge;
  private readonly completionsWaiting: Gauge;
  private readonly completions: Counter<'outcome'>;

  constructor(registry: Registry) {
    const registers = [registry];
    this.events = new Counter({
      name: 'marquee_events_consumed_total',
      help: 'Events consumed by this process, by outcome',
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
      help: 'Events delivered to a consumer group and not yet acknowledged',
      labelNames: ['group'],
      registers,
    });
    this.lag = new Gauge({
      name: 'marquee_events_lag',
      help: 'Events not yet delivered to a consumer group',
      labelNames: ['group'],
      registers,
    });
    this.replays = new Gauge({
      name: 'marquee_events_replays',
      help: 'Replayed dead letters not yet acknowledged by their consumer group',
      labelNames: ['group'],
      registers,
    });
    this.deadLetters = new Gauge({
      name: 'marquee_events_dead_letters',
      help: 'Dead letters of all consumer groups',
      registers,
    });
    this.waiting = new Gauge({
      name: 'marquee_events_consumer_waiting',
      help: '1 while the consumer of this process is paused because its "downstream" fails or "redis" is unavailable',
      labelNames: ['group', 'by'],
      registers,
    });
    this.bytes = new Gauge({
      name: 'marquee_events_stream_bytes',
      help: 'Memory used by the event stream',
      registers,
    });
    this.completionsWaiting = new Gauge({
      name: 'marquee_events_completions_waiting',
      help: 'Completed transcripts that at least one consumer group has not handled yet',
      registers,
    });
    this.completions = new Counter({
      name: 'marquee_events_completions_total',
      help: 'Completed transcripts checked by this process, by outcome: handled by all groups, republished, or lost',
      labelNames: ['outcome'],
      registers,
    });
    for (const outcome of ['released', 'republished', 'lost']) this.completions.inc({ outcome }, 0);
  }

  handled(group: string, outcome: ConsumerOutcome, count: number): void {
    this.events.inc({ group, outcome }, count);
  }

  measured({ length, bytes, groups, completions }: StreamState): void {
    this.length.set(length);
    if (bytes !== undefined) this.bytes.set(bytes);
    if (completions !== undefined) this.completionsWaiting.set(completions);
    for (const { name, pending, lag, replays } of groups) {
      this.pending.set({ group: name }, pending);
      this.replays.set({ group: name }, replays);
      if (lag !== null) this.lag.set({ group: name }, lag);
    }
  }

  setConsumers(states: readonly ConsumerState[]): void {
    for (const { group, downstream, reading } of states) {
      this.waiting.set({ group, by: 'downstream' }, downstream ? 1 : 0);
      this.waiting.set({ group, by: 'redis' }, reading ? 1 : 0);
    }
  }

  setDeadLetters(count: number): void {
    this.deadLetters.set(count);
  }

  completionsKept(kept: KeptCompletions): void {
    for (const [outcome, count] of Object.entries(kept)) this.completions.inc({ outcome }, count);
  }
}
