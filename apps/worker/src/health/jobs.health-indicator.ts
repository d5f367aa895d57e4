import { Injectable } from '@nestjs/common';
import { HealthIndicatorService } from '@nestjs/terminus';
import { JobRunner, type JobState } from '../jobs/job-runner.service.js';

/** A job is overdue after this many intervals without a success. */
const overdueIntervals = 3;

/** Health checks of the jobs. */
@Injectable()
export class JobsHealthIndicator {
  constructor(
    private readonly runner: JobRunner,
    private readonly indicators: HealthIndicatorService,
  ) {}

  /** Returns one check for each job: `job-trending`, `job-movie-changes`. */
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
