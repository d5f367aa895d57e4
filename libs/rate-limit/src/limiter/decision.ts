import type { CompiledPolicy } from '../policies/compiled-policy.js';
import type { ClientState } from './client-states.js';
import type { Refund } from './limits.repository.js';

/** What a request asks of one policy. */
export interface Claim {
  readonly policy: CompiledPolicy;
  readonly key: string;
  readonly state: ClientState;
  /** Units, of leases 1. */
  readonly units: number;
  /** What the script is to charge: units, or the id of a lease; 0 or '' only looks. */
  readonly cost: number | string;
}

/** How a client stands with one policy. */
export interface PolicyStanding {
  readonly policy: CompiledPolicy;
  /** Whose limit it is, as administrators call it. */
  readonly client: string;
  /** A keyed hash of that. */
  readonly partitionKey: string;
  readonly remaining: number;
  /** Until all of it is back, in a sliding window until more is; after a refusal, until it is worth another try. */
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
  /** By `performance.now()`. */
  readonly repliedAtMs: number;
  readonly refunds: readonly (Refund & { readonly state: ClientState })[];
}

export const nothingToDecide: Decision = {
  isAllowed: true,
  isDegraded: false,
  standings: [],
  reservation: undefined,
  leases: [],
};
