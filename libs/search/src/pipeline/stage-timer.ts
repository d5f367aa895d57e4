import { SpanStatusCode, trace } from '@opentelemetry/api';

/** The stages of the pipeline, in order. */
export const stages = ['understand', 'embed', 'trending', 'retrieve', 'rank', 'explain'] as const;
export type Stage = (typeof stages)[number];

export interface StageTiming {
  readonly stage: Stage;
  readonly durationMs: number;
}

/** Measures the stages of one search, and traces each in a span. */
export class StageTimer {
  private readonly durations = new Map<Stage, number>();

  /** The total duration of each stage that ran. */
  get timings(): StageTiming[] {
    return [...this.durations].map(([stage, durationMs]) => ({ stage, durationMs }));
  }

  /** Runs a stage. A stage that runs several times is reported once, with the sum of its durations. */
  async measure<T>(stage: Stage, run: () => T | Promise<T>): Promise<T> {
    return trace.getTracer('marquee').startActiveSpan(`search.${stage}`, async (span) => {
      const startedMs = performance.now();
      try {
        return await run();
      } catch (error) {
        span.setStatus({ code: SpanStatusCode.ERROR });
        throw error;
      } finally {
        this.durations.set(stage, (this.durations.get(stage) ?? 0) + performance.now() - startedMs);
        span.end();
      }
    });
  }
}
