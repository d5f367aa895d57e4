import { Inject, Injectable, Logger, type OnModuleDestroy } from '@nestjs/common';
import { Interval } from '@nestjs/schedule';
import { type HeldLock, LockHeldError, LocksService, LockUnavailableError } from '@app/locks';
import { type FleetJob, FLEET_JOBS } from './fleet-job.js';
import { JobsMetrics } from './jobs.metrics.js';
import { JobsRepository } from './jobs.repository.js';

const tickMs = 1_000;
/** An idle job is looked at so often: another worker may have failed at it, or somebody emptied Redis. */
const maxPauseMs = 15_000;
const pauseAfterFailureMs = 5_000;

/** What this process knows of a job. */
export interface JobState {
  readonly job: FleetJob;
  /** In whichever process; undefined for never, or not known yet. */
  lastSuccessMs: number | undefined;
  /** Of this process's last run. */
  lastError: string | undefined;
  failures: number;
  nextLookMs: number;
  running: Promise<void> | undefined;
}

/** Runs each job when it is due, in one process of the fleet at a time. Jitter keeps the others from looking at once. */
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
      nextLookMs: 0,
      running: undefined,
    }));
  }

  @Interval(tickMs)
  tick(): void {
    for (const state of this.states) {
      if (state.running || this.stopping.signal.aborted || performance.now() < state.nextLookMs) continue;
      state.running = this.look(state).finally(() => (state.running = undefined));
    }
  }

  /** Redis is still open then: what is under way stops at its next step and leaves nothing half done. */
  async onModuleDestroy(): Promise<void> {
    this.stopping.abort(new Error('The worker is stopping'));
    await Promise.all(this.states.flatMap(({ running }) => running ?? []));
  }

  private async look(state: JobState): Promise<void> {
    const { job } = state;
    try {
      if (await this.isDue(state)) {
        const signal = this.stopping.signal;
        await this.locks.withLock(`job-${job.name}`, (lock) => this.runIfStillDue(state, lock), { signal });
      }
      state.failures = 0;
      state.lastError = undefined;
      state.nextLookMs = performance.now() + this.pauseOf(state);
    } catch (error) {
      this.failed(state, error as Error);
    }
  }

  private async runIfStillDue(state: JobState, lock: HeldLock): Promise<void> {
    // Another worker may have done it while we asked for the lock.
    if (!(await this.isDue(state))) return;
    const { name } = state.job;
    const startedMs = performance.now();
    try {
      const done = await state.job.run(lock);
      const nowMs = Date.now();
      await this.repository.succeeded(name, nowMs);
      this.know(state, nowMs);
      this.metrics.ended(name, 'success', performance.now() - startedMs);
      this.logger.log(`${name}: ${done}, in ${Math.round(performance.now() - startedMs)} ms`);
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
    this.know(state, last.value);
    return Date.now() - last.value >= job.intervalSeconds * 1000 || (await job.isUrgent());
  }

  private know(state: JobState, lastSuccessMs: number): void {
    state.lastSuccessMs = lastSuccessMs;
    this.metrics.succeededAt(state.job.name, lastSuccessMs);
  }

  private failed(state: JobState, error: Error): void {
    const backoffMs = Math.min(pauseAfterFailureMs * 2 ** state.failures, state.job.intervalSeconds * 1000);
    state.nextLookMs = performance.now() + Math.min(backoffMs, 20 * maxPauseMs) * (0.5 + Math.random());
    if (this.stopping.signal.aborted) return;
    // Another worker is at it: no failure.
    if (error instanceof LockHeldError) {
      state.nextLookMs = performance.now() + pauseAfterFailureMs * (0.5 + Math.random());
      return;
    }
    state.failures++;
    state.lastError = error.message;
    this.logger.warn(`${state.job.name} failed (${state.failures} in a row): ${error.message}`);
  }

  private pauseOf({ job, lastSuccessMs = 0 }: JobState): number {
    const remainingMs = Math.max(0, lastSuccessMs + job.intervalSeconds * 1000 - Date.now());
    return Math.min(remainingMs, maxPauseMs) * (1 + Math.random() / 10);
  }
}
