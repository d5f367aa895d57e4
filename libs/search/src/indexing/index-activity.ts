import { Injectable } from '@nestjs/common';
import { IndexingMetrics } from './indexing.metrics.js';
import {
  type Activity,
  type ActivityKind,
  type ActivityStage,
  IndexingRepository,
} from './indexing.repository.js';

const reportIntervalMs = 1_000;

/** Reports the progress of a build. */
export interface ActivityReport {
  /** @param total 0 if it is not known yet */
  progressed(stage: ActivityStage, done: number, total: number): void;
}

/** Records builds, updates and imports of the index, so that every process can show the progress and the last error. */
@Injectable()
export class IndexActivity {
  private latest: Activity | undefined;
  private lastError: { message: string; at: string } | undefined;

  constructor(
    private readonly repository: IndexingRepository,
    private readonly metrics: IndexingMetrics,
  ) {}

  /** The last activity of the fleet; without Redis, of this process. */
  async read(): Promise<Activity | undefined> {
    const shared = await this.repository.activity();
    const { latest } = this;
    return shared && !(latest && latest.updatedAt > shared.updatedAt) ? shared : latest;
  }

  /** The last failure of the fleet; without Redis, of this process. */
  async readLastError(): Promise<{ message: string; at: string } | undefined> {
    return (await this.repository.lastError()) ?? this.lastError;
  }

  /** Runs `work`, and records its progress and its result. Rejects with its error. */
  async record<T>(kind: ActivityKind, work: (report: ActivityReport) => Promise<T>): Promise<T> {
    const startedAt = new Date().toISOString();
    let reportedMs = 0;
    const write = (change: Pick<Activity, 'state' | 'stage' | 'done' | 'total'>): Promise<void> => {
      this.latest = { kind, startedAt, updatedAt: new Date().toISOString(), ...change };
      reportedMs = performance.now();
      return this.repository.recordActivity(this.latest);
    };
    await write({ state: 'running', stage: 'reading', done: 0, total: 0 });
    const progressed = (stage: ActivityStage, done: number, total: number): void => {
      this.metrics.progressed(done, total);
      if (stage !== this.latest?.stage || performance.now() - reportedMs > reportIntervalMs)
        void write({ state: 'running', stage, done, total });
    };
    try {
      const result = await work({ progressed });
      const { stage = 'publishing', total = 0 } = this.latest ?? {};
      await write({ state: 'succeeded', stage, done: total, total });
      this.metrics.built('success');
      return result;
    } catch (error) {
      const { stage = 'reading', done = 0, total = 0 } = this.latest ?? {};
      await write({ state: 'failed', stage, done, total });
      this.lastError = { message: (error as Error).message, at: new Date().toISOString() };
      await this.repository.recordError(this.lastError);
      this.metrics.built('failure');
      throw error;
    }
  }
}
