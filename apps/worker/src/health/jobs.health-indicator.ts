import { Injectable } from '@nestjs/common';
import { HealthIndicatorService } from '@nestjs/terminus';
import { JobRunner, type JobState } from '../jobs/job-runner.service.js';

/** So many intervals without a success are worth a look. */
const overdueIntervals = 3;

/** Each job's last success as Terminus sees it. */
@Injectable()
export class JobsHealthIndicator {
  constructor(
    private readonly runner: JobRunner,
    private readonly indicators: HealthIndicatorService,
  ) {}

  /** One check for each job: `job-trending`, `job-movie-changes`. */
  checks() {
    return this.runner.states.map((state) => () => this.check(state));
  }

  private check({ job, lastSuccessMs, lastError }: JobState) {
    const check = this.indicators.check(`job-${job.name}`);
    const ageSeconds = lastSuccessMs === undefined ? null : Math.floor((Date.now() - lastSuccessMs) / 1000);
    const isOverdue = ageSeconds === null || ageSeconds > overdueIntervals * job.intervalSeconds;
    const details = {
      last_success: lastSuccessMs === undefined ? null : new Date(lastSuccessMs).toISOString(),
      age_seconds: ageSeconds,
      interval_seconds: job.intervalSeconds,
      ...(lastError === undefined ? {} : { last_error: lastError }),
    };
    return isOverdue ? check.degraded(details) : check.up(details);
  }
}
