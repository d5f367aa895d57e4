import type { RedisBudget } from '@app/redis';
import type { StoredSession } from '../stored-session.js';

/** A session of a tenant. */
export interface SessionRef {
  readonly tenantId: string;
  readonly id: string;
}

export interface NewSession {
  readonly ttlMs: number;
  readonly fields: ReadonlyMap<string, string>;
}

export interface SessionUpdate {
  readonly set: ReadonlyMap<string, string>;
  readonly removed: readonly string[];
  /** Changes nothing unless the session's state is this text, or null for none. Undefined for any. */
  readonly expectedState?: string | null | undefined;
}

export type UpdateResult =
  | { readonly state: 'ok'; readonly session: StoredSession }
  | { readonly state: 'missing' }
  | { readonly state: 'too-many' }
  /** Another request has changed the session's state to `current`; undefined if it has none. */
  | { readonly state: 'changed'; readonly current: string | undefined };

export interface Append {
  readonly chunks: readonly string[];
  readonly idempotencyKey: string | undefined;
}

export interface AppendResult {
  readonly state: 'appended' | 'replayed' | 'missing' | 'completed' | 'conflict' | 'too-many' | 'too-large';
  /** Total number of chunks; for `too-many` and `too-large` the chunks or bytes that the transcript has. */
  readonly total: number;
}

export interface CompleteResult {
  readonly state: 'completed' | 'already' | 'missing';
  readonly total: number;
  readonly completedAt: string;
}

/**
 * Changes sessions: makes a change, publishes its event and accounts for its memory. Every call is for one tenant: a session of
 * another tenant does not exist for it.
 *
 * `AtomicSessionWriter` does all of that in one script. `ClusterSessionWriter` does it in steps, because in a cluster the
 * event stream and the accounts are in other slots than the session.
 *
 * Each call with a budget throws SessionsUnavailableError or RedisRefusalError if Redis does not confirm the change.
 */
export abstract class SessionWriter {
  /** Returns false if the id is taken. @throws SessionsFullError */
  abstract create(budget: RedisBudget, session: SessionRef, draft: NewSession): Promise<boolean>;

  /** Changes fields, all or none. @throws SessionsFullError */
  abstract update(budget: RedisBudget, session: SessionRef, update: SessionUpdate): Promise<UpdateResult>;

  /** Appends chunks to the transcript, all or none. @throws SessionsFullError */
  abstract append(budget: RedisBudget, session: SessionRef, append: Append): Promise<AppendResult>;

  /** Completes the transcript, and deletes it from the session if asked to. */
  abstract complete(
    budget: RedisBudget,
    session: SessionRef,
    deleteTranscript: boolean,
  ): Promise<CompleteResult>;

  /** Returns false if the tenant has no such session. Keeps a completed transcript that consumers still need for them. */
  abstract delete(budget: RedisBudget, session: SessionRef): Promise<boolean>;

  /** Stops keeping a completed transcript for consumers. Returns false if Redis did not confirm it. */
  abstract release(session: SessionRef): Promise<boolean>;

  /** Removes those of a tenant's sessions from its ledger that do not exist any more. Returns their number. */
  abstract reclaim(tenantId: string, ids: readonly string[]): Promise<number>;
}
