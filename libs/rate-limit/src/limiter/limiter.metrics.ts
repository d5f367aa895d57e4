import { Injectable } from '@nestjs/common';
import { Counter, Gauge, Registry } from 'prom-client';

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
 * - `allowed`, `refused`: Redis said so
 * - `refused_locally`: refused before, and the wait is not over
 * - `would_refuse`: by a policy in shadow mode
 * - `degraded_…`: decided without Redis
 * - `near_limit`: allowed, with a tenth or less remaining; counted beside `allowed`
 */
export type LimitOutcome = (typeof outcomes)[number];

/** What Prometheus sees of the limiter. Counted in plain numbers: the hot path has no time for more. */
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

  /** @param name of a policy: of these there are few */
  count(name: string, outcome: LimitOutcome): void {
    let counts = this.counts.get(name);
    if (!counts) {
      counts = Object.fromEntries(outcomes.map((each) => [each, 0])) as Record<LimitOutcome, number>;
      this.counts.set(name, counts);
    }
    counts[outcome]++;
  }
}

/** A gauge that is read when Prometheus asks. */
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
