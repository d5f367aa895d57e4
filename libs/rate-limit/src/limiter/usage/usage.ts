/** What is known to be used though Redis may have lost it, and what was admitted without it. */
export interface Restored {
  /** GCRA: ms of debt; otherwise units. */
  readonly used: number;
  /** Until `used` no longer counts. */
  readonly leftMs: number;
  /** Units. */
  readonly owed: number;
  /** Whether Redis has lost its data for certain, rather than perhaps a few last writes. */
  readonly isLost: boolean;
}

/** What Redis replied about one policy. */
export interface Standing {
  /** Units that this request was charged. */
  readonly charged: number;
  readonly remaining: number;
  readonly resetMs: number;
}

/**
 * What a process knows of how much a client has used of a policy: it outlives Redis, and limits while Redis is away. Times
 * are `performance.now()`.
 */
export interface Usage {
  /** Whether Redis is yet to be told of units that were admitted without it. */
  readonly owes: boolean;
  /** Whether a Redis that has lost its data would have to be told of it. */
  isInUse(nowMs: number): boolean;
  /** Applies a reply of Redis. */
  applyReply(standing: Standing, nowMs: number): void;
  /** Takes units off that Redis has given back. */
  refund(units: number, chargedAtMs: number): void;
  /** What to tell Redis. Handed out once: then comes `confirmRestored` or `undoRestore`. */
  restore(nowMs: number, isLost: boolean): Restored;
  confirmRestored(restored: Restored): void;
  undoRestore(restored: Restored): void;
  /**
   * How long a request has to wait, in ms, when each of so many processes admits its share of what is left; 0 admits it, and
   * undefined says that it is more than a share.
   */
  waitLocally(units: number, processes: number, nowMs: number): number | undefined;
  /** Charges what `waitLocally` admitted. */
  chargeLocally(units: number, processes: number, nowMs: number): void;
}
