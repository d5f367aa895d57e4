import { Injectable } from '@nestjs/common';
import { Counter, Histogram, Registry } from 'prom-client';
import type { StepReport } from './graph/graph.js';

const secondsBuckets = [0.0001, 0.0005, 0.001, 0.005, 0.01, 0.05, 0.1, 0.5, 1, 2.5, 5];

/** Prometheus metrics of steps and shadow runs. Labels are names of steps and fields, never a viewer's words. */
@Injectable()
export class QueryUnderstandingMetrics {
  private readonly steps: Histogram<'step' | 'outcome'>;
  private readonly shadows: Counter<'result'>;
  private readonly disagreements: Counter<'field'>;

  constructor(registry: Registry) {
    const registers = [registry];
    this.steps = new Histogram({
      name: 'marquee_understanding_step_duration_seconds',
      help: 'Duration of the steps of query understanding, by outcome',
      labelNames: ['step', 'outcome'],
      buckets: secondsBuckets,
      registers,
    });
    this.shadows = new Counter({
      name: 'marquee_understanding_shadow_runs_total',
      help: 'Cached documents that were recomputed for comparison',
      labelNames: ['result'],
      registers,
    });
    this.disagreements = new Counter({
      name: 'marquee_understanding_shadow_disagreements_total',
      help: 'Fields that differ between a cached document and a recomputed one',
      labelNames: ['field'],
      registers,
    });
  }

  recordStep({ step, outcome, durationMs }: StepReport): void {
    this.steps.observe({ step, outcome }, durationMs / 1000);
  }

  recordShadowRun(fields: readonly string[]): void {
    this.shadows.inc({ result: fields.length === 0 ? 'same' : 'different' });
    for (const field of fields) this.disagreements.inc({ field });
  }
}
