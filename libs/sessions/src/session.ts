/** A viewer's session. */
export interface Session {
  readonly id: string;
  readonly tenantId: string;
  readonly userId: string | null;
  readonly agentId: string | null;
  readonly language: string | null;
  /** ISO 8601. */
  readonly startedAt: string | null;
  /** ISO 8601: its end, unless it is used before. */
  readonly expiresAt: string;
  /** ISO 8601; null while its transcript is open. */
  readonly completedAt: string | null;
  /** Free fields. */
  readonly metadata: Readonly<Record<string, string>>;
}

/** Any use lets a session live so long from then on. */
export const SESSION_TTL_MS = 86_400_000;
/** The longest life that may be asked for at once. */
export const LONGEST_SESSION_MS = 7 * SESSION_TTL_MS;
/** A retry comes within seconds; an hour is for clients that wake up again. */
export const IDEMPOTENCY_TTL_MS = 3_600_000;
export const MOST_CHUNKS = 100_000;
export const MOST_TRANSCRIPT_BYTES = 4 * 1024 * 1024;
/** A session with a completed transcript lives at least so long while consumers have not handled it. */
export const MIN_UNARCHIVED_TTL_MS = SESSION_TTL_MS;
/** A completed transcript waits at most so long for consumers; without its session it is kept for them in a key of its own. */
export const MAX_UNARCHIVED_MS = 7 * SESSION_TTL_MS;
/** The same while the stream has no consumers: for some that are about to start. */
export const UNCLAIMED_TTL_MS = 3_600_000;
/** Free fields and Marquee's own. */
export const MOST_FIELDS = 64;

/** Marquee's own fields of the hash: no free field may have their names. */
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
] as const;
