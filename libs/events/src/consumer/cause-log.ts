const intervalMs = 10 * 60_000;
const maxCauses = 100;

/** Limits logging of repeated failures: each cause is logged once per interval, no matter how often it occurs. */
export class CauseLog {
  private readonly loggedMs = new Map<string, number>();

  /** Returns whether to log the cause, which then counts as logged. */
  isDue(cause: string, nowMs = performance.now()): boolean {
    const loggedMs = this.loggedMs.get(cause);
    if (loggedMs !== undefined && nowMs - loggedMs < intervalMs) return false;
    if (this.loggedMs.size >= maxCauses) this.loggedMs.clear();
    this.loggedMs.set(cause, nowMs);
    return true;
  }
}
