import { Injectable } from '@nestjs/common';
import { Counter, Gauge, Registry } from 'prom-client';
import type { CompiledPolicy } from '../policies/compiled-policy.js';

const outcomes = [
  'allowed',
  'refused',
  'refused_locally',
  'would_refuse',
  'near_limit',
  'degraded_allowed',
  'degraded_refused',
] as const;

/**
 * - `allowed`, `refused`: decided by Redis
 * - `refused_locally`: refused without Redis, because the wait of an earlier refusal is not over
 * - `would_refuse`: exceeds a policy in shadow mode
 * - `degraded_…`: decided while Redis is down
 * - `near_limit`: allowed with a tenth or less remaining; counted in addition to `allowed`
 */
export type LimitOutcome = (typeof outcomes)[number];

/** The limiter's Prometheus counters. They are plain numbers until they are collected, to keep the hot path short. */
@Injectable()
export class LimiterMetrics {
  private readonly counts = new Map<string, Record<LimitOutcome, number>>();

  constructor(registry: Registry) {
    const { counts } = this;
    const counter = (
      name: string,
      help: string,
      of: readonly LimitOutcome[],
    ): Counter<'policy' | 'outcome'> =>
      new Counter({
        name,
        help,
        labelNames: of.length > 1 ? ['policy', 'outcome'] : ['policy'],
        registers: [],
        collect() {
          this.reset();
          for (const [policy, count] of counts) {
            for (const outcome of of)
              this.inc(of.length > 1 ? { policy, outcome } : { policy }, count[outcome]);
          }
        },
      });
    registry.registerMetric(
      counter(
        'marquee_rate_limit_decisions_total',
        'Decisions by policy and outcome',
        outcomes.filter((outcome) => outcome !== 'near_limit'),
      ),
    );
    registry.registerMetric(
      counter(
        'marquee_rate_limit_near_limit_total',
        'Allowed with a tenth of the quota or less remaining, by policy',
        ['near_limit'],
      ),
    );
  }

  /** Counts how Redis decided on one policy of a request. */
  countVerdict(
    { name, isEnforced, capacity }: CompiledPolicy,
    isAllowed: boolean,
    { waitMs, remaining }: { readonly waitMs: number; readonly remaining: number },
  ): void {
    if (waitMs > 0) this.count(name, isEnforced ? 'refused' : 'would_refuse');
    else if (isAllowed) {
      this.count(name, 'allowed');
      if (remaining * 10 <= capacity) this.count(name, 'near_limit');
    }
  }

  /** @param name the name of a policy; there are at most a few dozen */
  count(name: string, outcome: LimitOutcome): void {
    let counts = this.counts.get(name);
    if (!counts) {
      counts = Object.fromEntries(outcomes.map((each) => [each, 0])) as Record<LimitOutcome, number>;
      this.counts.set(name, counts);
    }
    counts[outcome]++;
  }
}

/** Registers a gauge that is read when Prometheus collects it. */
export function gauge(registry: Registry, name: string, help: string, read: () => number): void {
  registry.registerMetric(
    new Gauge({
      name,
      help,
      registers: [],
      collect() {
        this.set(read());
      },
    }),
  );
}
