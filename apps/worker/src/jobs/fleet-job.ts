import type { HeldLock } from '@app/locks';

/** A periodic task that runs in one worker of the fleet at a time. */
export interface FleetJob {
  /** Also used as a metric label and in Redis keys. */
  readonly name: string;
  readonly intervalSeconds: number;
  /** How long the job stays locked after its worker was killed. Default 30 s. */
  readonly lockTtlMs?: number;
  /** Returns whether the job should run before its interval has passed. */
  isUrgent(): Promise<boolean>;
  /**
   * Runs the job and returns a short summary for the log.
   *
   * @param lock stop when its signal aborts; pass its fencing token to writes
   */
  run(lock: HeldLock): Promise<string>;
}

export const FLEET_JOBS = Symbol('FleetJobs');
