import { Injectable } from '@nestjs/common';
import { Counter, Gauge, Histogram, Registry } from 'prom-client';

const secondsBuckets = [0.01, 0.05, 0.1, 0.5, 1, 5, 10, 30, 60, 300];

/** Prometheus metrics of the jobs. */
@Injectable()
export class JobsMetrics {
  private readonly runs: Counter<'job' | 'outcome'>;
  private readonly duration: Histogram<'job'>;
  private readonly lastSuccess: Gauge<'job'>;

  constructor(registry: Registry) {
    const registers = [registry];
    this.runs = new Counter({
      name: 'marquee_job_runs_total',
      help: 'Job runs of this process, by outcome',
      labelNames: ['job', 'outcome'],
      registers,
    });
    this.duration = new Histogram({
      name: 'marquee_job_duration_seconds',
      help: 'Duration of the job runs of this process',
      labelNames: ['job'],
      buckets: secondsBuckets,
      registers,
    });
    this.lastSuccess = new Gauge({
      name: 'marquee_job_last_success_timestamp_seconds',
      help: 'When a job last succeeded in any process of the fleet',
      labelNames: ['job'],
      registers,
    });
  }

  ended(job: string, outcome: 'success' | 'failure', durationMs: number): void {
    this.runs.inc({ job, outcome });
    this.duration.observe({ job }, durationMs / 1000);
  }

  succeededAt(job: string, atMs: number): void {
    this.lastSuccess.set({ job }, atMs / 1000);
  }
}
