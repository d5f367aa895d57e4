import type { HeldLock } from '@app/locks';

/** Something that one worker of the fleet does now and then. */
export interface FleetJob {
  /** Also a metric's label and part of keys. */
  readonly name: string;
  readonly intervalSeconds: number;
  /** Whether it should run before its interval is over. */
  isUrgent(): Promise<boolean>;
  /**
   * Does it, and answers in a few words what was done.
   *
   * @param lock stop when its signal aborts; hand its fencing number to what is written
   */
  run(lock: HeldLock): Promise<string>;
}

export const FLEET_JOBS = Symbol('FleetJobs');
