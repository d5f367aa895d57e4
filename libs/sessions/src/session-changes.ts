import { type JsonObject, MAX_FIELDS, ownFields } from './session.js';
import { toStateJson } from './session-state.js';
import { SessionLimitError } from './sessions.errors.js';
import type { SessionUpdate } from './writer/session-writer.js';

/** The properties of a new session. */
export interface SessionDraft {
  readonly userId?: string | undefined;
  readonly agentId?: string | undefined;
  readonly language?: string | undefined;
  /** Each use of the session extends its life to this. One day by default. */
  readonly ttlSeconds?: number | undefined;
  readonly metadata?: Readonly<Record<string, string>> | undefined;
  readonly state?: JsonObject | undefined;
}

/** Changes to a session. Null removes a value. */
export interface SessionPatch {
  readonly userId?: string | null | undefined;
  readonly agentId?: string | null | undefined;
  readonly language?: string | null | undefined;
  readonly metadata?: Readonly<Record<string, string | null>> | undefined;
  /** A JSON Merge Patch (RFC 7396), or the whole state if `replaceState` is true. */
  readonly state?: JsonObject | null | undefined;
  readonly replaceState?: boolean | undefined;
}

/** Returns the hash fields of a new session. @throws SessionLimitError */
export function toFields(tenantId: string, draft: SessionDraft): Map<string, string> {
  const { userId, agentId, language, ttlSeconds, state, metadata = {} } = draft;
  const fields = new Map<string, string>([
    ['tenant_id', tenantId],
    ['started_at', new Date().toISOString()],
  ]);
  if (userId !== undefined) fields.set('user_id', userId);
  if (agentId !== undefined) fields.set('agent_id', agentId);
  if (language !== undefined) fields.set('language', language);
  if (ttlSeconds !== undefined) fields.set('ttl_seconds', `${ttlSeconds}`);
  if (state !== undefined) fields.set('state', toStateJson(state));
  for (const [name, value] of Object.entries(metadata)) fields.set(name, value);
  if (fields.size > MAX_FIELDS) throw tooManyFields();
  return fields;
}

/** Returns the changes to a session's hash fields, without a state that has to be merged. @throws SessionLimitError */
export function toUpdate({ state, replaceState, ...patch }: SessionPatch): SessionUpdate {
  const changes = new Map<string, string | null | undefined>([
    ['user_id', patch.userId],
    ['agent_id', patch.agentId],
    ['language', patch.language],
    ...Object.entries(patch.metadata ?? {}),
  ]);
  if (state === null) changes.set('state', null);
  else if (state && replaceState === true) changes.set('state', toStateJson(state));
  return {
    set: new Map([...changes].filter((change): change is [string, string] => typeof change[1] === 'string')),
    removed: [...changes].filter(([, value]) => value === null).map(([name]) => name),
  };
}

export const tooManyFields = (): SessionLimitError =>
  new SessionLimitError(
    'metadata',
    `A session has at most ${MAX_FIELDS} fields, including ${ownFields.length} reserved ones`,
  );
