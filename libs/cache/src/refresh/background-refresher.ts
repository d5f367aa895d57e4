import { Logger } from '@nestjs/common';

const maxConcurrent = 8;
const maxPending = 10_000;
/** After a failed refresh the stale value is served for so long before the upstream is asked again. */
const pauseAfterFailureMs = 5_000;

interface Job {
  readonly key: string;
  readonly namespace: string;
  readonly refresh: () => Promise<void>;
}

/** Refreshes values behind the callers' backs: each key once at a time, few at once, errors logged once a namespace. */
export class BackgroundRefresher {
  private readonly logger = new Logger('Cache');
  private readonly scheduled = new Set<string>();
  private readonly pausedUntilMs = new Map<string, number>();
  private readonly failing = new Set<string>();
  private readonly waiting: Job[] = [];
  private running = 0;

  /** Does nothing where the key is being refreshed, has just failed, or too many wait. */
  schedule(job: Job): void {
    if (this.scheduled.has(job.key) || this.waiting.length >= maxPending) return;
    if ((this.pausedUntilMs.get(job.key) ?? 0) > performance.now()) return;
    this.scheduled.add(job.key);
    this.waiting.push(job);
    this.next();
  }

  private next(): void {
    while (this.running < maxConcurrent) {
      const job = this.waiting.shift();
      if (!job) return;
      this.running++;
      void this.run(job);
    }
  }

  private async run({ key, namespace, refresh }: Job): Promise<void> {
    try {
      await refresh();
      this.pausedUntilMs.delete(key);
      if (this.failing.delete(namespace)) this.logger.log(`Refreshing "${namespace}" works again`);
    } catch (error) {
      this.pause(key);
      if (!this.failing.has(namespace)) {
        this.logger.warn(
          `Refreshing "${namespace}" fails, stale values are served: ${(error as Error).message}`,
        );
      }
      this.failing.add(namespace);
    } finally {
      this.scheduled.delete(key);
      this.running--;
      this.next();
    }
  }

  private pause(key: string): void {
    if (this.pausedUntilMs.size >= maxPending) this.pausedUntilMs.clear();
    this.pausedUntilMs.set(key, performance.now() + pauseAfterFailureMs);
  }
}
