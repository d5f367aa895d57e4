/**
 * Runs CPU-bound tasks, one per turn of the event loop, so that probes and other requests are served between any two of
 * them.
 */
export class TurnQueue {
  private readonly tasks: (() => void)[] = [];

  run<T>(task: () => T): Promise<T> {
    return new Promise((resolve, reject) => {
      this.tasks.push(() => {
        try {
          resolve(task());
        } catch (error) {
          reject(error);
        }
      });
      if (this.tasks.length === 1) setImmediate(this.next);
    });
  }

  // Immediates that are scheduled in the same turn run in the same turn, so each schedules the next.
  private readonly next = (): void => {
    this.tasks[0]?.();
    this.tasks.shift();
    if (this.tasks.length > 0) setImmediate(this.next);
  };
}
