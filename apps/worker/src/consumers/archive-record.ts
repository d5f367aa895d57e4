import type { StreamEvent } from '@app/events';

/** A completed transcript as it leaves Marquee: the stream's fields and its id, by which a second delivery is known. */
export function toArchiveRecord({ id, type, sessionId, tenantId, transcript, timestamp }: StreamEvent) {
  return { id, event_type: type, session_id: sessionId, tenant_id: tenantId, transcript, timestamp };
}
