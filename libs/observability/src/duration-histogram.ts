import type { Histogram, Registry } from 'prom-client';

export interface DurationHistogramOptions<Label extends string> {
  readonly name: string;
  readonly help: string;
  readonly labelNames: readonly Label[];
  /** Upper bounds in ascending order; `+Inf` is added. */
  readonly bucketsSeconds: readonly number[];
  readonly registry: Registry;
}

/** The durations of one combination of labels. */
export class Durations {
  /** Observations per bucket, not cumulative; the last bucket is `+Inf`. */
  readonly counts: Float64Array;
  sumSeconds = 0;

  constructor(private readonly bucketsSeconds: readonly number[]) {
    this.counts = new Float64Array(bucketsSeconds.length + 1);
  }

  get count(): number {
    return this.counts.reduce((sum, count) => sum + count, 0);
  }

  observe(durationMs: number): void {
    const seconds = durationMs / 1000;
    let bucket = 0;
    while (bucket < this.bucketsSeconds.length && seconds > (this.bucketsSeconds[bucket] as number)) bucket++;
    (this.counts[bucket] as number)++;
    this.sumSeconds += seconds;
  }

  reset(): void {
    this.counts.fill(0);
    this.sumSeconds = 0;
  }
}

type Labels<Label extends string> = Readonly<Record<Label, string>>;

/**
 * A histogram for hot paths: callers look up the `Durations` of their labels once and hold on to them. prom-client's own
 * histogram validates, sorts and joins the labels of every observation, which takes longer than a local cache lookup.
 */
export class DurationHistogram<Label extends string> {
  readonly name: string;
  private readonly series = new Map<string, readonly [Labels<Label>, Durations]>();

  constructor(private readonly options: DurationHistogramOptions<Label>) {
    this.name = options.name;
    // A registry only requires the name, `get` and `reset` of a metric.
    options.registry.registerMetric(this as unknown as Histogram);
  }

  /** Returns the durations of these labels, and exports them as a series of /metrics. */
  of(labels: Labels<Label>): Durations {
    const key = JSON.stringify(this.options.labelNames.map((name) => labels[name]));
    const known = this.series.get(key);
    if (known) return known[1];
    const durations = new Durations(this.options.bucketsSeconds);
    this.series.set(key, [{ ...labels }, durations]);
    return durations;
  }

  get() {
    const { name, help } = this.options;
    const values = [...this.series.values()].flatMap(([labels, durations]) =>
      this.exported(labels, durations),
    );
    return { name, help, type: 'histogram', aggregator: 'sum', values };
  }

  /** Resets all values to zero. The series remain, since callers hold them. */
  reset(): void {
    for (const [, durations] of this.series.values()) durations.reset();
  }

  private exported(labels: Labels<Label>, { counts, sumSeconds }: Durations) {
    const { name, bucketsSeconds } = this.options;
    let upTo = 0;
    const buckets = [...bucketsSeconds, '+Inf'].map((le, index) => {
      upTo += counts[index] as number;
      return { metricName: `${name}_bucket`, labels: { ...labels, le }, value: upTo };
    });
    return [
      ...buckets,
      { metricName: `${name}_sum`, labels, value: sumSeconds },
      { metricName: `${name}_count`, labels, value: upTo },
    ];
  }
}
