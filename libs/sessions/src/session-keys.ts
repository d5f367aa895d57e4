import { encodeKeyPart, type KeySpace, shared } from '@app/redis';

/** Builds the keys of sessions and of the accounts of their memory. The keys of one session share a slot. */
export class SessionKeys {
  /** A hash with the bytes of each tenant, and in the field `:total` those of all tenants. */
  readonly totals: string;

  constructor(private readonly keys: KeySpace) {
    this.totals = keys.key(shared('tenants'), 'held');
  }

  metadata(id: string): string {
    return this.keys.key('session', shared(id), 'metadata');
  }

  transcript(id: string): string {
    return this.keys.key('session', shared(id), 'transcript');
  }

  /** The transcript of a completed session, if it was deleted before all consumers have handled it. */
  unarchived(id: string): string {
    return this.keys.key('session', shared(id), 'unarchived');
  }

  /** The keys that may have a session's text, with its metadata first. */
  text(id: string): [string, string, string] {
    return [this.metadata(id), this.transcript(id), this.unarchived(id)];
  }

  idempotency(id: string, digest: string): string {
    return this.keys.key('session', shared(id), 'idempotency', digest);
  }

  /** A sorted set of a tenant's sessions by last use. */
  index(tenant: string): string {
    return this.keys.key('tenant', tenant, 'sessions');
  }

  /** A sorted set of a user's sessions by last use. */
  userIndex(tenant: string, user: string): string {
    return this.keys.key('tenant', tenant, 'user', user, 'sessions');
  }

  /** A hash with the bytes of each session of a tenant. */
  ledger(tenant: string): string {
    return this.keys.key(shared('tenants'), 'held', tenant);
  }

  /** The accounts that a change of a session affects. In a cluster they are in another slot than the session. */
  accounts(tenant: string): [ledger: string, totals: string] {
    return [this.ledger(tenant), this.totals];
  }

  /** Returns the tenant's field of the totals. */
  fieldOf(tenant: string): string {
    return encodeKeyPart(tenant);
  }
}
