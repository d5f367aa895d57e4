import { LONG_TTL_SECONDS, SESSION_TTL_SECONDS } from '@app/config';

/** A JSON object. */
export type JsonObject = { readonly [name: string]: unknown };

/** A viewer's session. */
export interface Session {
  readonly id: string;
  readonly tenantId: string;
  readonly userId: string | null;
  readonly agentId: string | null;
  readonly language: string | null;
  /** ISO 8601. */
  readonly startedAt: string | null;
  /** When the session expires unless it is used before, ISO 8601. */
  readonly expiresAt: string;
  /** When the transcript was completed, ISO 8601; null if it was not. */
  readonly completedAt: string | null;
  /** Each use of the session extends its life to this. */
  readonly ttlSeconds: number;
  /** Free fields. */
  readonly metadata: Readonly<Record<string, string>>;
}

/** A session with its state. */
export interface SessionWithState extends Session {
  /** Null if it has none. */
  readonly state: JsonObject | null;
}

/** TTLs that clients can select by name, in seconds. */
export const sessionTtls = {
  short: SESSION_TTL_SECONDS,
  standard: LONG_TTL_SECONDS,
  long: 2_592_000,
} as const;
/** Limits of a session's own TTL. `scripts/fragments/lifetime.lua` has the same numbers. */
export const MIN_SESSION_TTL_SECONDS = 60;
export const MAX_SESSION_TTL_SECONDS = sessionTtls.long;
/** Each use of a session without a TTL of its own extends its life to this. */
export const SESSION_TTL_MS = sessionTtls.standard * 1000;
export const MAX_SESSION_MS = MAX_SESSION_TTL_SECONDS * 1000;

/** Returns the TTL of a session by its field `ttl_seconds`, like `lifeMs` of `scripts/fragments/lifetime.lua`. */
export function ownTtlSeconds(field: string | undefined): number {
  const own = Number(field ?? Number.NaN);
  return own >= MIN_SESSION_TTL_SECONDS && own <= MAX_SESSION_TTL_SECONDS ? own : sessionTtls.standard;
}

/** Long enough for clients that are suspended before they retry. */
export const IDEMPOTENCY_TTL_MS = 3_600_000;
export const MAX_CHUNKS = 100_000;
export const MAX_TRANSCRIPT_BYTES = 4 * 1024 * 1024;
/** A session with a completed transcript lives at least this long while consumers need it. */
export const MIN_UNARCHIVED_TTL_MS = SESSION_TTL_MS;
/** A completed transcript is kept for consumers for at most this long, even after its session was deleted. */
export const MAX_UNARCHIVED_MS = 7 * SESSION_TTL_MS;
/** The same if the stream has no consumer groups, for consumers that are about to start. */
export const UNCLAIMED_TTL_MS = 3_600_000;
/** Maximum size of a state as JSON. */
export const MAX_STATE_BYTES = 65_536;
export const MAX_STATE_DEPTH = 16;
/** Maximum number of fields of a session's hash, including Marquee's own. */
export const MAX_FIELDS = 64;

/** Marquee's own fields of the hash. Their names are reserved. */
export const ownFields = [
  'tenant_id',
  'user_id',
  'agent_id',
  'language',
  'started_at',
  'completed_at',
  'completed_chunks',
  'transcript_bytes',
  'transcript_chunks',
  'event_owed',
  'archive',
  'ttl_after_archive',
  'ttl_seconds',
  'state',
] as const;
