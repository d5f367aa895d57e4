export type EventType = 'transcript_appended' | 'transcript_completed' | 'session_deleted';

/** Maximum size of an event's text. Of a longer text, the event has a prefix and a reference. */
export const MAX_EXCERPT_BYTES = 4_096;

/** The position of an event's text in the session's transcript. */
export interface TranscriptReference {
  /** UTF-8 bytes of the whole text. */
  readonly bytes: number;
  /** Indexes of the first and the last chunk, both inclusive. */
  readonly firstChunk: number;
  readonly lastChunk: number;
}

/** An event to publish. */
export interface NewEvent {
  readonly type: EventType;
  readonly sessionId: string;
  readonly tenantId: string;
  /** The appended chunks or the completed transcript, joined by single spaces. Only its beginning if there is a `reference`. */
  readonly transcript: string;
  /** Undefined if `transcript` is the whole text. */
  readonly reference?: TranscriptReference | undefined;
  /** ISO 8601. */
  readonly timestamp: string;
}

/** An entry of the stream. */
export interface StreamEvent extends Omit<NewEvent, 'type'> {
  /** The unique, increasing id of the stream entry: `{ms}-{number}`. */
  readonly id: string;
  /** An EventType, or the type of another program's event. */
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

/** Joins chunks by single spaces, truncated at a character boundary to the maximum size. Also returns the size of the whole text. */
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

/** Returns at most `maxBytes` of a UTF-8 text, truncated at a character boundary. */
export function prefixOf(text: Buffer, maxBytes: number): string {
  if (text.length <= maxBytes) return text.toString();
  let end = maxBytes;
  // Continuation bytes are 10xxxxxx.
  while (end > 0 && ((text[end] as number) & 0xc0) === 0x80) end--;
  return text.toString('utf8', 0, end);
}

/** Compares two stream ids for sorting, older ids first. */
export function compareIds(a: string, b: string): number {
  const [aMs = 0, aNumber = 0] = a.split('-').map(Number);
  const [bMs = 0, bNumber = 0] = b.split('-').map(Number);
  return aMs - bMs || aNumber - bNumber;
}

/** Returns whether a text is a stream id, either complete or only its milliseconds. */
export const isStreamId = (text: string): boolean => /^\d{1,15}(-\d{1,15})?$/.test(text);
