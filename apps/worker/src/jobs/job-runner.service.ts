import { Inject, Injectable, Logger, type OnModuleDestroy } from '@nestjs/common';
import { Interval } from '@nestjs/schedule';
import { type HeldLock, LockHeldError, LocksService, LockUnavailableError } from '@app/locks';
import { type FleetJob, FLEET_JOBS } from './fleet-job.js';
import { JobsMetrics } from './jobs.metrics.js';
import { JobsRepository } from './jobs.repository.js';

const tickMs = 1_000;
/** Maximum interval between checks of an idle job, because another worker may fail or Redis may lose its data. */
const maxCheckIntervalMs = 15_000;
const retryDelayMs = 5_000;

/** The state of a job as this process knows it. */
export interface JobState {
  readonly job: FleetJob;
  /** The last success of any process; undefined if there was none or it is not known yet. */
  lastSuccessMs: number | undefined;
  /** The error of this process's last run. */
  lastError: string | undefined;
  failures: number;
  nextCheckMs: number;
  running: Promise<void> | undefined;
}

/** Runs each job when it is due, in one process of the fleet at a time. Checks are spread by jitter. */
@Injectable()
export class JobRunner implements OnModuleDestroy {
  readonly states: readonly JobState[];
  private readonly logger = new Logger('Jobs');
  private readonly stopping = new AbortController();

  constructor(
    @Inject(FLEET_JOBS) jobs: readonly FleetJob[],
    private readonly repository: JobsRepository,
    private readonly locks: LocksService,
    private readonly metrics: JobsMetrics,
  ) {
    this.states = jobs.map((job) => ({
      job,
      lastSuccessMs: undefined,
      lastError: undefined,
      failures: 0,
      nextCheckMs: 0,
      running: undefined,
    }));
  }

  @Interval(tickMs)
  tick(): void {
    for (const state of this.states) {
      if (state.running || this.stopping.signal.aborted || performance.now() < state.nextCheckMs) continue;
      state.running = this.check(state).finally(() => (state.running = undefined));
    }
  }

  /** Aborts running jobs, which stop at their next step, and waits for them while Redis is still connected. */
  async onModuleDestroy(): Promise<void> {
    this.stopping.abort(new Error('The worker is stopping'));
    await Promise.all(this.states.flatMap(({ running }) => running ?? []));
  }

  private async check(state: JobState): Promise<void> {
    const { job } = state;
    try {
      if (await this.isDue(state)) {
        const signal = this.stopping.signal;
        const options = job.lockTtlMs === undefined ? { signal } : { signal, ttlMs: job.lockTtlMs };
        await this.locks.withLock(`job-${job.name}`, (lock) => this.runIfStillDue(state, lock), options);
      }
      state.failures = 0;
      state.lastError = undefined;
      state.nextCheckMs = performance.now() + this.checkDelayMs(state);
    } catch (error) {
      this.recordFailure(state, error as Error);
    }
  }

  private async runIfStillDue(state: JobState, lock: HeldLock): Promise<void> {
    // Another worker may have run the job while this one waited for the lock.
    if (!(await this.isDue(state))) return;
    const { name } = state.job;
    const startedMs = performance.now();
    try {
      const summary = await state.job.run(lock);
      const nowMs = Date.now();
      await this.repository.recordSuccess(name, nowMs);
      this.recordSuccess(state, nowMs);
      this.metrics.ended(name, 'success', performance.now() - startedMs);
      this.logger.log(`${name}: ${summary}, in ${Math.round(performance.now() - startedMs)} ms`);
    } catch (error) {
      this.metrics.ended(name, 'failure', performance.now() - startedMs);
      throw error;
    }
  }

  private async isDue(state: JobState): Promise<boolean> {
    const { job } = state;
    const last = await this.repository.lastSuccessMs(job.name);
    if (last.status === 'miss') return true;
    if (last.status !== 'ok') throw new LockUnavailableError(`job-${job.name}`);
    this.recordSuccess(state, last.value);
    return Date.now() - last.value >= job.intervalSeconds * 1000 || (await job.isUrgent());
  }

  private recordSuccess(state: JobState, lastSuccessMs: number): void {
    state.lastSuccessMs = lastSuccessMs;
    this.metrics.succeededAt(state.job.name, lastSuccessMs);
  }

  private recordFailure(state: JobState, error: Error): void {
    const backoffMs = Math.min(retryDelayMs * 2 ** state.failures, state.job.intervalSeconds * 1000);
    state.nextCheckMs =
      performance.now() + Math.min(backoffMs, 20 * maxCheckIntervalMs) * (0.5 + Math.random());
    if (this.stopping.signal.aborted) return;
    // Another worker is running the job, which is not a failure.
    if (error instanceof LockHeldError) {
      state.nextCheckMs = performance.now() + retryDelayMs * (0.5 + Math.random());
      return;
    }
    state.failures++;
    state.lastError = error.message;
    this.logger.warn(`${state.job.name} failed (${state.failures} consecutive failures): ${error.message}`);
  }

  private checkDelayMs({ job, lastSuccessMs = 0 }: JobState): number {
    const remainingMs = Math.max(0, lastSuccessMs + job.intervalSeconds * 1000 - Date.now());
    return Math.min(remainingMs, maxCheckIntervalMs) * (1 + Math.random() / 10);
  }
}
