import { pairsOf } from '@app/redis';
import { ownFields, ownTtlSeconds, type Session, type SessionWithState } from './session.js';
import { parseState } from './session-state.js';

/** A session as it is stored: the fields of its hash and its TTL. */
export interface StoredSession {
  readonly fields: ReadonlyMap<string, string>;
  readonly remainingMs: number;
}

const own = new Set<string>(ownFields);

/** Decodes the reply of a script: the TTL in milliseconds, then fields and values in turn. */
export function toStoredSession([remainingMs, ...pairs]: readonly (number | Buffer)[]): StoredSession {
  const fields = new Map(pairsOf(pairs).map(([field, value]) => [field, String(value)]));
  return { fields, remainingMs: Number(remainingMs) };
}

export function toSession(id: string, { fields, remainingMs }: StoredSession): Session {
  return {
    id,
    tenantId: fields.get('tenant_id') ?? 'default',
    userId: fields.get('user_id') ?? null,
    agentId: fields.get('agent_id') ?? null,
    language: fields.get('language') ?? null,
    startedAt: fields.get('started_at') ?? null,
    expiresAt: new Date(Date.now() + Math.max(0, remainingMs)).toISOString(),
    completedAt: fields.get('completed_at') ?? null,
    ttlSeconds: ownTtlSeconds(fields.get('ttl_seconds')),
    // Another program may have a free field named "state".
    metadata: Object.fromEntries(
      [...fields].filter(([name, value]) => !own.has(name) || (name === 'state' && !parseState(value))),
    ),
  };
}

export function withState(id: string, stored: StoredSession): SessionWithState {
  return { ...toSession(id, stored), state: parseState(stored.fields.get('state')) ?? null };
}
