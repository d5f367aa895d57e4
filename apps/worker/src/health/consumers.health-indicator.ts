import { Injectable } from '@nestjs/common';
import { HealthIndicatorService } from '@nestjs/terminus';
import type { ConsumerState } from '@app/events';
import { ConsumersService } from '../consumers/consumers.service.js';

/** Health checks of the event consumers. */
@Injectable()
export class ConsumersHealthIndicator {
  constructor(
    private readonly consumers: ConsumersService,
    private readonly indicators: HealthIndicatorService,
  ) {}

  /** Returns one check for each configured consumer: `consumer-archive-file`, `consumer-archive-webhook`. */
  checks() {
    return this.consumers.states.map((state) => () => this.check(state));
  }

  /** Reports `degraded` with the cause while the downstream fails or the stream cannot be read. */
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
