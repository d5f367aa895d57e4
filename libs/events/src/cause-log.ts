const intervalMs = 10 * 60_000;
const maxCauses = 100;

/** Decides which causes are worth a line in the log: each one once per interval, however often it occurs. */
export class CauseLog {
  private readonly loggedMs = new Map<string, number>();

  /** True when the cause has not been logged for ten minutes; it counts as logged from then on. */
  isDue(cause: string, nowMs = performance.now()): boolean {
    const loggedMs = this.loggedMs.get(cause);
    if (loggedMs !== undefined && nowMs - loggedMs < intervalMs) return false;
    if (this.loggedMs.size >= maxCauses) this.loggedMs.clear();
    this.loggedMs.set(cause, nowMs);
    return true;
  }
}
