import type { StreamEvent } from '@app/events';

/** Returns the record of a completed transcript: the fields of the stream entry, and its id to recognize repeated deliveries. */
export function toArchiveRecord({ id, type, sessionId, tenantId, transcript, timestamp }: StreamEvent) {
  return { id, event_type: type, session_id: sessionId, tenant_id: tenantId, transcript, timestamp };
}
