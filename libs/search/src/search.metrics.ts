import { Injectable } from '@nestjs/common';
import { Counter, Histogram, Registry } from 'prom-client';
import type { StageTiming } from './pipeline/stage-timer.js';
import type { RankedAnswer } from './ranked-answer.js';

/** Prometheus metrics of searches. Labels are names of stages and constraints, never a viewer's words. */
@Injectable()
export class SearchMetrics {
  private readonly stages: Histogram<'stage'>;
  private readonly results: Histogram;
  private readonly relaxations: Counter<'constraint'>;
  private readonly degradations: Counter<'part'>;

  constructor(registry: Registry) {
    const registers = [registry];
    this.stages = new Histogram({
      name: 'marquee_search_stage_duration_seconds',
      help: 'Duration of the stages of searches that were not cached',
      labelNames: ['stage'],
      buckets: [0.0005, 0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5],
      registers,
    });
    this.results = new Histogram({
      name: 'marquee_search_results',
      help: 'Movies found by a search that was not cached; the bucket 0 counts searches without results',
      buckets: [0, 1, 5, 10, 20, 50, 100, 500, 1_000],
      registers,
    });
    this.relaxations = new Counter({
      name: 'marquee_search_relaxations_total',
      help: 'Constraints that were dropped because too few movies satisfied them',
      labelNames: ['constraint'],
      registers,
    });
    this.degradations = new Counter({
      name: 'marquee_search_degradations_total',
      help: 'Searches that a feature failed or was late for, by feature',
      labelNames: ['part'],
      registers,
    });
  }

  /** Records a search that was not cached. */
  record({ total, relaxed, degraded }: RankedAnswer, timings: readonly StageTiming[]): void {
    for (const { stage, durationMs } of timings) this.stages.observe({ stage }, durationMs / 1000);
    this.results.observe(total);
    for (const constraint of relaxed) this.relaxations.inc({ constraint });
    for (const part of degraded) this.degradations.inc({ part });
  }
}
