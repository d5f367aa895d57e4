import { channel } from 'node:diagnostics_channel';
import { Injectable, Module, type OnApplicationShutdown } from '@nestjs/common';
import { Histogram, Registry } from 'prom-client';
import type { UpstreamFailure } from './upstream.errors.js';

/** The outcome of a call, including its retries. */
export interface UpstreamCall {
  readonly upstream: string;
  readonly outcome: 'ok' | UpstreamFailure;
  readonly durationMs: number;
}

const calls = channel('marquee:upstream-call');

export function publishCall(call: UpstreamCall): void {
  if (calls.hasSubscribers) calls.publish(call);
}

/** Prometheus metrics of upstream calls. Clients are created in many places and report on a diagnostics channel. */
@Injectable()
export class UpstreamMetrics implements OnApplicationShutdown {
  private readonly duration: Histogram<'upstream' | 'outcome'>;

  constructor(registry: Registry) {
    this.duration = new Histogram({
      name: 'marquee_upstream_call_duration_seconds',
      help: 'Duration of calls to an upstream, including retries, by outcome',
      labelNames: ['upstream', 'outcome'],
      buckets: [0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10, 30],
      registers: [registry],
    });
    calls.subscribe(this.observe);
  }

  onApplicationShutdown(): void {
    calls.unsubscribe(this.observe);
  }

  private readonly observe = (message: unknown): void => {
    const { upstream, outcome, durationMs } = message as UpstreamCall;
    this.duration.observe({ upstream, outcome }, durationMs / 1000);
  };
}

@Module({ providers: [UpstreamMetrics] })
export class UpstreamModule {}
