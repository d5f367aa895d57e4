import { encodeKeyPart, type KeySpace, shared } from '@app/redis';

/** The keys of sessions and of the accounts of what they take; what belongs to one session shares its slot. */
export class SessionKeys {
  /** The bytes of each tenant, and in `:total` of all. */
  readonly totals: string;

  constructor(private readonly keys: KeySpace) {
    this.totals = keys.key(shared('tenants'), 'held');
  }

  /** Whether the stream and the accounts are in other slots than the sessions. */
  get isClustered(): boolean {
    return this.keys.isClustered;
  }

  metadata(id: string): string {
    return this.keys.key('session', shared(id), 'metadata');
  }

  transcript(id: string): string {
    return this.keys.key('session', shared(id), 'transcript');
  }

  /** A completed transcript that was deleted, and that consumers still need. */
  unarchived(id: string): string {
    return this.keys.key('session', shared(id), 'unarchived');
  }

  idempotency(id: string, digest: string): string {
    return this.keys.key('session', shared(id), 'idempotency', digest);
  }

  /** A tenant's sessions by last activity. */
  index(tenant: string): string {
    return this.keys.key('tenant', tenant, 'sessions');
  }

  /** The sessions of a tenant's user by last activity. */
  userIndex(tenant: string, user: string): string {
    return this.keys.key('tenant', tenant, 'user', user, 'sessions');
  }

  /** The bytes of each session of a tenant. */
  ledger(tenant: string): string {
    return this.keys.key(shared('tenants'), 'held', tenant);
  }

  /** The accounts, for scripts that change them with the session; none in a cluster. */
  accountsWithin(tenant: string): readonly string[] {
    return this.isClustered ? [] : [this.ledger(tenant), this.totals];
  }

  /** The tenant's field of the totals. */
  fieldOf(tenant: string): string {
    return encodeKeyPart(tenant);
  }
}
