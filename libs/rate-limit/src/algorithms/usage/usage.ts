/** What Redis may have lost of a client's usage, and what was admitted without Redis. */
export interface Restored {
  /** The minimum usage, in the algorithm's measure: ms of debt for GCRA, units for the others. */
  readonly floor: number;
  /** Time until the floor no longer counts. */
  readonly leftMs: number;
  /** Units admitted without Redis. */
  readonly owed: number;
  /** Whether Redis has lost its data for certain, and not just possibly the last few writes. */
  readonly isLost: boolean;
}

/** What Redis replied about one policy. */
export interface PolicyReply {
  /** Units that this request was charged. */
  readonly charged: number;
  readonly remaining: number;
  readonly resetMs: number;
}

/**
 * What a process knows about a client's usage of a policy. It survives a loss of Redis's data, and limits the client while
 * Redis is down. Times are `performance.now()`.
 */
export interface Usage {
  /** Whether units were admitted without Redis that it has not been charged yet. */
  readonly isUnreported: boolean;
  /** Whether there is anything to restore in a Redis that has lost its data. */
  isInUse(nowMs: number): boolean;
  applyReply(reply: PolicyReply, nowMs: number): void;
  /** Removes units that Redis has refunded. */
  refund(units: number, chargedAtMs: number): void;
  /** Returns what to restore in Redis. Must be followed by `confirmRestored` or `undoRestore`. */
  restore(nowMs: number, isLost: boolean): Restored;
  confirmRestored(restored: Restored): void;
  undoRestore(restored: Restored): void;
  /**
   * Returns how many ms a request has to wait if each of `processes` admits its share of what is left: 0 admits it, and
   * undefined means that it exceeds a whole share.
   */
  waitLocally(units: number, processes: number, nowMs: number): number | undefined;
  /** Charges what `waitLocally` admitted. */
  chargeLocally(units: number, processes: number, nowMs: number): void;
}
