/** An event that a consumer group could not handle. */
export interface DeadLetter {
  /** Id of the dead letter: `{ms}-{number}`. */
  readonly id: string;
  /** The consumer group that could not handle the event. Other groups may have handled it. */
  readonly group: string;
  readonly eventId: string;
  readonly type: string;
  readonly sessionId: string;
  readonly tenantId: string;
  readonly attempts: number;
  /** Why the last attempt failed. */
  readonly reason: string;
  /** When the event was published, ISO 8601. */
  readonly timestamp: string;
  /** When the event became a dead letter, ISO 8601. */
  readonly deadSince: string;
  /** UTF-8 bytes of the event's whole text. */
  readonly transcriptBytes: number;
  /** The beginning of that text. */
  readonly excerpt: string;
}

/** Selects dead letters. All given conditions must match. */
export interface DeadLetterFilter {
  readonly group?: string | undefined;
  readonly type?: string | undefined;
  readonly session?: string | undefined;
  /** A part of the reason, case-insensitive. */
  readonly reason?: string | undefined;
}

export interface DeadLetterPage {
  readonly results: readonly DeadLetter[];
  /** Number of all dead letters, regardless of the filter. */
  readonly total: number;
  readonly nextCursor: string | null;
}

/** The result of replaying or deleting several dead letters. */
export interface DeadLetterBatch {
  /** Dead letters that matched in this call. */
  readonly matched: number;
  /** Dead letters that were replayed or deleted; 0 in a dry run. */
  readonly done: number;
  /** Where to continue; null when there are no more. */
  readonly nextCursor: string | null;
}
