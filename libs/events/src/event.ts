export type EventType = 'transcript_appended' | 'transcript_completed' | 'session_deleted';

/** What is told in the stream. */
export interface NewEvent {
  readonly type: EventType;
  readonly sessionId: string;
  readonly tenantId: string;
  /** The chunks that were appended, or the whole text. */
  readonly transcript: string;
  /** ISO 8601. */
  readonly timestamp: string;
}

/** An entry of the stream. */
export interface StreamEvent extends Omit<NewEvent, 'type'> {
  /** The stream's, `{ms}-{number}`: unique, and rising. */
  readonly id: string;
  /** Another program may tell of other things. */
  readonly type: string;
}

/** Compares ids of a stream: negative where the first is older. */
export function compareIds(a: string, b: string): number {
  const [aMs = 0, aNumber = 0] = a.split('-').map(Number);
  const [bMs = 0, bNumber = 0] = b.split('-').map(Number);
  return aMs - bMs || aNumber - bNumber;
}

/** A stream's id, complete or the milliseconds alone. */
export const isStreamId = (text: string): boolean => /^\d{1,15}(-\d{1,15})?$/.test(text);
