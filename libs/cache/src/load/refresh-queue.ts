import { Logger } from '@nestjs/common';

const maxConcurrent = 8;
const maxPending = 10_000;
/** How long the stale value is served after a failed refresh before the upstream is tried again. */
const pauseAfterFailureMs = 5_000;

interface Refresh {
  readonly key: string;
  readonly namespace: string;
  readonly run: () => Promise<void>;
}

/** Runs refreshes in the background: one at a time for a key, a few at a time in all. Logs failures once per namespace. */
export class RefreshQueue {
  private readonly logger = new Logger('Cache');
  private readonly scheduled = new Set<string>();
  private readonly pausedUntilMs = new Map<string, number>();
  private readonly failing = new Set<string>();
  private readonly pending: Refresh[] = [];
  private running = 0;

  /** Does nothing if the key is being refreshed, its last refresh has just failed, or the queue is full. */
  schedule(refresh: Refresh): void {
    if (this.scheduled.has(refresh.key) || this.pending.length >= maxPending) return;
    if ((this.pausedUntilMs.get(refresh.key) ?? 0) > performance.now()) return;
    this.scheduled.add(refresh.key);
    this.pending.push(refresh);
    this.startNext();
  }

  private startNext(): void {
    while (this.running < maxConcurrent) {
      const refresh = this.pending.shift();
      if (!refresh) return;
      this.running++;
      void this.run(refresh);
    }
  }

  private async run({ key, namespace, run }: Refresh): Promise<void> {
    try {
      await run();
      this.pausedUntilMs.delete(key);
      if (this.failing.delete(namespace)) this.logger.log(`Refreshing "${namespace}" works again`);
    } catch (error) {
      this.pause(key);
      if (!this.failing.has(namespace)) {
        this.logger.warn(
          `Refreshing "${namespace}" failed; serving stale values: ${(error as Error).message}`,
        );
      }
      this.failing.add(namespace);
    } finally {
      this.scheduled.delete(key);
      this.running--;
      this.startNext();
    }
  }

  private pause(key: string): void {
    if (this.pausedUntilMs.size >= maxPending) this.pausedUntilMs.clear();
    this.pausedUntilMs.set(key, performance.now() + pauseAfterFailureMs);
  }
}
