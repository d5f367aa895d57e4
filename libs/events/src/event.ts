export type EventType = 'transcript_appended' | 'transcript_completed' | 'session_deleted';

/** Text of up to this size travels in its event. Of longer text the event has a prefix and a reference. */
export const MAX_EXCERPT_BYTES = 4_096;

/** Where the text of an event is in the session's transcript. */
export interface TranscriptReference {
  /** UTF-8 bytes of the whole text. */
  readonly bytes: number;
  /** Positions of the first and the last chunk, both included. */
  readonly firstChunk: number;
  readonly lastChunk: number;
}

/** An event as it is published. */
export interface NewEvent {
  readonly type: EventType;
  readonly sessionId: string;
  readonly tenantId: string;
  /** The chunks that were appended, or the completed transcript: whole, or with a `reference` its beginning. */
  readonly transcript: string;
  /** Undefined while `transcript` is the whole text. */
  readonly reference?: TranscriptReference | undefined;
  /** ISO 8601. */
  readonly timestamp: string;
}

/** An entry of the stream. */
export interface StreamEvent extends Omit<NewEvent, 'type'> {
  /** The stream's, `{ms}-{number}`: unique, and rising. */
  readonly id: string;
  /** Another program may publish types of its own. */
  readonly type: string;
}

/** Returns the event of a stream entry. `publishEvent` of `scripts/fragments/publish.lua` writes the fields; other programs may too. */
export function toEvent(id: string, fields: ReadonlyMap<string, string>): StreamEvent {
  const reference = {
    bytes: Number(fields.get('transcript_bytes')),
    firstChunk: Number(fields.get('chunks_from')),
    lastChunk: Number(fields.get('chunks_to')),
  };
  return {
    id,
    type: fields.get('event_type') ?? '',
    sessionId: fields.get('session_id') ?? '',
    tenantId: fields.get('tenant_id') ?? 'default',
    transcript: fields.get('transcript') ?? '',
    ...(Object.values(reference).every((value) => Number.isSafeInteger(value) && value >= 0)
      ? { reference }
      : {}),
    timestamp: fields.get('timestamp') ?? '',
  };
}

/** The chunks joined by single spaces: as a whole where that is short enough, else a prefix at a character boundary. */
export function excerptOf(chunks: readonly string[]): { transcript: string; bytes: number } {
  let bytes = Math.max(0, chunks.length - 1);
  for (const chunk of chunks) bytes += Buffer.byteLength(chunk);
  if (bytes <= MAX_EXCERPT_BYTES) return { transcript: chunks.join(' '), bytes };
  let text = '';
  for (const [index, chunk] of chunks.entries()) {
    text += (index === 0 ? '' : ' ') + chunk.slice(0, MAX_EXCERPT_BYTES);
    if (text.length >= MAX_EXCERPT_BYTES) break;
  }
  return { transcript: prefixOf(Buffer.from(text), MAX_EXCERPT_BYTES), bytes };
}

/** UTF-8 text cut to at most `maxBytes`, never within a character. */
export function prefixOf(text: Buffer, maxBytes: number): string {
  if (text.length <= maxBytes) return text.toString();
  let end = maxBytes;
  // Continuation bytes are 10xxxxxx.
  while (end > 0 && ((text[end] as number) & 0xc0) === 0x80) end--;
  return text.toString('utf8', 0, end);
}

/** Compares ids of a stream: negative where the first is older. */
export function compareIds(a: string, b: string): number {
  const [aMs = 0, aNumber = 0] = a.split('-').map(Number);
  const [bMs = 0, bNumber = 0] = b.split('-').map(Number);
  return aMs - bMs || aNumber - bNumber;
}

/** A stream's id, complete or the milliseconds alone. */
export const isStreamId = (text: string): boolean => /^\d{1,15}(-\d{1,15})?$/.test(text);
