import type { StreamEvent } from '@app/events';

/** A completed transcript as delivered: the fields of the stream entry and its id, by which receivers recognize a repeated delivery. */
export function toArchiveRecord({ id, type, sessionId, tenantId, transcript, timestamp }: StreamEvent) {
  return { id, event_type: type, session_id: sessionId, tenant_id: tenantId, transcript, timestamp };
}
