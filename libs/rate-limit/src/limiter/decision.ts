import type { CompiledPolicy } from '../policies/compiled-policy.js';
import type { ClientState } from './client-states.js';
import type { Refund } from './limits.repository.js';

/** How a client stands with one policy. */
export interface PolicyStanding {
  readonly policy: CompiledPolicy;
  /** Whose limit it is, as administrators call it. */
  readonly client: string;
  /** A keyed hash of that. */
  readonly partitionKey: string;
  readonly remaining: number;
  /** Until all of it is back; for who was refused, until it is worth another try. */
  readonly resetMs: number;
  /** 0 where the policy allows the request. */
  readonly waitMs: number;
}

/** What was decided on a request. */
export interface Decision {
  readonly isAllowed: boolean;
  /** Decided without Redis: then there is no standing to tell of. */
  readonly isDegraded: boolean;
  readonly standings: readonly PolicyStanding[];
  /** What was reserved, where the cost is to be settled later. */
  readonly reservation: Reservation | undefined;
  /** Leases to be released when the request ends. */
  readonly leases: readonly Lease[];
}

export interface Lease {
  readonly id: string;
  readonly key: string;
  readonly lifeMs: number;
}

/** The most that a request may cost, charged ahead. */
export interface Reservation {
  readonly cost: number;
  /** By Redis's clock. */
  readonly reservedAtMs: number;
  readonly refunds: readonly (Refund & { readonly state: ClientState })[];
}
