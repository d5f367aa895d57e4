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
  'event_owed',
] as const;
