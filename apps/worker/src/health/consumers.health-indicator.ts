import { Injectable } from '@nestjs/common';
import { HealthIndicatorService } from '@nestjs/terminus';
import type { ConsumerState } from '@app/events';
import { ConsumersService } from '../consumers/consumers.service.js';

/** Each consumer of the event stream as Terminus sees it. */
@Injectable()
export class ConsumersHealthIndicator {
  constructor(
    private readonly consumers: ConsumersService,
    private readonly indicators: HealthIndicatorService,
  ) {}

  /** One check for each consumer that is configured: `consumer-archive-file`, `consumer-archive-webhook`. */
  checks() {
    return this.consumers.states.map((state) => () => this.check(state));
  }

  /** Degraded while the downstream fails or the stream cannot be read; the cause says what to repair. */
  private check({ group, downstream, reading, held }: ConsumerState) {
    const check = this.indicators.check(`consumer-${group}`);
    if (downstream) {
      return check.degraded({
        cause: downstream.message,
        since: downstream.since.toISOString(),
        failures: downstream.failures,
        retry_in_seconds: Math.max(0, Math.ceil((downstream.retryAtMs - performance.now()) / 1000)),
        held,
      });
    }
    if (reading) return check.degraded({ cause: reading.cause, since: reading.since.toISOString(), held });
    return check.up({ held });
  }
}
