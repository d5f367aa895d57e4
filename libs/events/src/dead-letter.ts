/** An event that a group could not handle. */
export interface DeadLetter {
  /** Of the dead letter: `{ms}-{number}`. */
  readonly id: string;
  /** The consumer group that could not handle it; others may have. */
  readonly group: string;
  readonly eventId: string;
  readonly type: string;
  readonly sessionId: string;
  readonly tenantId: string;
  /** Calls of the handler. */
  readonly attempts: number;
  /** Why the last one failed. */
  readonly reason: string;
  /** Of the event, ISO 8601. */
  readonly timestamp: string;
  /** When it was set aside, ISO 8601. */
  readonly deadSince: string;
  /** UTF-8 bytes of the event's whole text. */
  readonly transcriptBytes: number;
  /** The beginning of that text. */
  readonly excerpt: string;
}

/** Which dead letters are meant: those that match all that is given. */
export interface DeadLetterFilter {
  readonly group?: string | undefined;
  readonly type?: string | undefined;
  readonly session?: string | undefined;
  /** A part of the reason; case does not matter. */
  readonly reason?: string | undefined;
}

export interface DeadLetterPage {
  readonly results: readonly DeadLetter[];
  /** Dead letters there are in all, whatever the filter. */
  readonly total: number;
  readonly nextCursor: string | null;
}

/** What a change of many dead letters came to. */
export interface DeadLetterBatch {
  /** That match and were looked at in this call. */
  readonly matched: number;
  /** That were moved or deleted; 0 in a dry run. */
  readonly done: number;
  /** Where to continue; null when there are no more. */
  readonly nextCursor: string | null;
}
