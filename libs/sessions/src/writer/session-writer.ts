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
  /** Makes the changes only if the session's state is this text (null for no state). Undefined for any state. */
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
  /** Number of chunks of the transcript; for `too-large`, its size in bytes. */
  readonly total: number;
}

export interface CompleteResult {
  readonly state: 'completed' | 'already' | 'missing';
  readonly total: number;
  readonly completedAt: string;
}

/**
 * Changes sessions, publishes the events of these changes, and accounts for the memory. Every call is for one tenant, and does
 * not find the sessions of other tenants.
 *
 * `AtomicSessionWriter` does this in one script. `ClusterSessionWriter` needs several steps, because in a cluster the event
 * stream and the accounts are in other slots than the session.
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

  /** Deletes a session, except for a completed transcript that consumers still need. Returns false if there is no such session. */
  abstract delete(budget: RedisBudget, session: SessionRef): Promise<boolean>;

  /** Stops keeping a completed transcript for consumers. Returns false if Redis did not confirm it. */
  abstract release(session: SessionRef): Promise<boolean>;

  /** Removes sessions that no longer exist from the tenant's ledger. Returns their number. */
  abstract reclaim(tenantId: string, ids: readonly string[]): Promise<number>;
}
