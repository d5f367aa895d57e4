import { Injectable } from '@nestjs/common';
import { Counter, Gauge, Registry } from 'prom-client';
import { DurationHistogram, type Durations } from '@app/observability';
import type { BreakerState } from './breaker/redis-breaker.js';
import { knownCauses } from './faults/fault-advice.js';
import type { Outcome } from './outcome.js';
import type { RedisClientStatus } from './redis-client-status.js';

type Status = Outcome<unknown>['status'];

/** Fine-grained around typical durations (tenths of a millisecond) and around the default budget of 75 ms. */
const bucketsSeconds = [0.0002, 0.0005, 0.001, 0.002, 0.005, 0.01, 0.02, 0.04, 0.075, 0.1, 0.2, 0.5, 1];
const breakerValues: Record<BreakerState, number> = { closed: 0, 'half-open': 1, open: 2 };

/** The Prometheus metrics of all Redis targets. Labels are target names and outcomes, never keys. */
@Injectable()
export class RedisMetrics {
  private readonly duration: DurationHistogram<'target' | 'outcome'>;
  private readonly leaseWait: DurationHistogram<'target'>;
  private readonly breakerChanges: Counter<'target' | 'state'>;
  private readonly faults: Counter<'target' | 'cause'>;
  private readonly observers = new Map<string, () => RedisClientStatus>();
  private readonly durations = new Map<string, Record<Status, Durations>>();

  constructor(registry: Registry) {
    const registers = [registry];
    this.duration = new DurationHistogram({
      name: 'marquee_redis_call_duration_seconds',
      help: 'Duration of Redis calls as seen by their callers, by outcome',
      labelNames: ['target', 'outcome'],
      bucketsSeconds,
      registry,
    });
    this.leaseWait = new DurationHistogram({
      name: 'marquee_redis_pool_lease_wait_seconds',
      help: 'Time that callers waited for an exclusive connection',
      labelNames: ['target'],
      bucketsSeconds,
      registry,
    });
    this.breakerChanges = new Counter({
      name: 'marquee_redis_breaker_changes_total',
      help: 'State changes of the breaker, by new state',
      labelNames: ['target', 'state'],
      registers,
    });
    this.faults = new Counter({
      name: 'marquee_redis_faults_total',
      help: 'Redis calls that were sent and failed, by cause: TIMEOUT or the error code',
      labelNames: ['target', 'cause'],
      registers,
    });
    this.gauge(
      registry,
      'breaker_state',
      'Breaker: 0 closed, 1 half-open, 2 open',
      ({ breaker }) => breakerValues[breaker],
    );
    this.gauge(registry, 'connected', '1 while the shared connection is ready', ({ connected }) =>
      Number(connected),
    );
    this.gauge(registry, 'pool_size', 'REDIS_POOL_SIZE', ({ pool }) => pool?.size);
    this.gauge(
      registry,
      'pool_open',
      'Open connections, including readers and the listener for invalidations',
      ({ pool }) => pool?.open,
    );
    this.gauge(
      registry,
      'pool_readers',
      'Blocking readers, on top of pool_size',
      ({ pool }) => pool?.readers,
    );
    this.gauge(
      registry,
      'pool_in_use',
      'Leases held, and bulk connections in use',
      ({ pool }) => pool?.inUse,
    );
    this.gauge(registry, 'pool_waiting', 'Callers waiting for a lease', ({ pool }) => pool?.waiting);
    const { observers } = this;
    registry.registerMetric(
      new Counter({
        name: 'marquee_redis_pool_exhausted_total',
        help: 'Callers that did not get a lease in time',
        labelNames: ['target'],
        registers: [],
        collect() {
          this.reset();
          for (const [target, status] of observers) this.inc({ target }, status().pool?.exhausted ?? 0);
        },
      }),
    );
  }

  /** Registers a target, whose status each scrape reads. */
  observe(target: string, status: () => RedisClientStatus): void {
    this.observers.set(target, status);
    this.durations.set(target, {
      ok: this.duration.of({ target, outcome: 'ok' }),
      miss: this.duration.of({ target, outcome: 'miss' }),
      timeout: this.duration.of({ target, outcome: 'timeout' }),
      unavailable: this.duration.of({ target, outcome: 'unavailable' }),
      error: this.duration.of({ target, outcome: 'error' }),
    });
  }

  called(target: string, outcome: Status, durationMs: number): void {
    this.durations.get(target)?.[outcome].observe(durationMs);
  }

  faulted(target: string, cause: string): void {
    this.faults.inc({ target, cause: knownCauses.has(cause) ? cause : 'other' });
  }

  leaseWaited(target: string, waitMs: number): void {
    this.leaseWait.of({ target }).observe(waitMs);
  }

  breakerChanged(target: string, state: BreakerState): void {
    this.breakerChanges.inc({ target, state });
  }

  private gauge(
    registry: Registry,
    name: string,
    help: string,
    read: (status: RedisClientStatus) => number | undefined,
  ): void {
    const { observers } = this;
    const gauge = new Gauge({
      name: `marquee_redis_${name}`,
      help,
      labelNames: ['target'],
      registers: [],
      collect() {
        for (const [target, status] of observers) this.set({ target }, read(status()) ?? 0);
      },
    });
    registry.registerMetric(gauge);
  }
}
