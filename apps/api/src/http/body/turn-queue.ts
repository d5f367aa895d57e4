/**
 * Runs tasks that occupy the process, one in each turn of the event loop, so that probes and other requests get their turn
 * between any two of them.
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

  // Immediates that are set in one turn run in one turn: each sets the next.
  private readonly next = (): void => {
    this.tasks[0]?.();
    this.tasks.shift();
    if (this.tasks.length > 0) setImmediate(this.next);
  };
}
