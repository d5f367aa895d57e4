import type { CompiledPolicy } from '../policies/compiled-policy.js';
import type { Caller } from './client.js';
import type { ClientState } from './client-states.js';
import type { Charge, Refund, Verdict } from './limits.repository.js';

/** What is to be decided about a request. */
export interface Demand {
  readonly caller: Caller;
  /** The route's pattern; undefined stands for the policies of all routes. */
  readonly route: string | undefined;
  /** The cost of the request, unless a policy sets its own; 0 charges nothing. */
  readonly cost: number;
  /** The field that makes the request expensive. */
  readonly costField?: string | undefined;
  /** Bytes of the body to charge now. */
  readonly contentBytes?: number;
  /** Bytes of the whole body as far as known: a body that a policy can never admit is refused at once. */
  readonly bodyBytes?: number;
  /** Whether part of the cost may be refunded later. */
  readonly settles?: boolean;
}

/** What a request claims of one policy, and what is known about its client. */
export interface Claim extends Charge {
  readonly state: ClientState;
  /** Units; 1 for a lease. */
  readonly units: number;
}

/** A client's remaining quota under one policy. */
export interface PolicyStanding {
  readonly policy: CompiledPolicy;
  /** The client that the limit applies to, as administrators name it. */
  readonly client: string;
  /** A keyed hash of the client. */
  readonly partitionKey: string;
  readonly remaining: number;
  /** Time until all units, in a sliding window more units, are available; after a refusal, until a retry can succeed. */
  readonly resetMs: number;
  /** 0 if the policy admits the request. */
  readonly waitMs: number;
}

export interface Decision {
  readonly isAllowed: boolean;
  /** Whether it was made without Redis. Then there are no standings, except those of refusals. */
  readonly isDegraded: boolean;
  readonly standings: readonly PolicyStanding[];
  /** What was reserved, if the cost is settled later. */
  readonly reservation: Reservation | undefined;
  /** Leases to release when the request ends. */
  readonly leases: readonly Lease[];
}

export interface Lease {
  readonly id: string;
  readonly key: string;
  readonly lifeMs: number;
}

/** The maximum cost of a request, charged in advance. */
export interface Reservation {
  readonly cost: number;
  /** By Redis's clock. */
  readonly reservedAtMs: number;
  /** By `performance.now()`. */
  readonly repliedAtMs: number;
  readonly refunds: readonly (Refund & { readonly state: ClientState })[];
}

export const noPolicies: Decision = {
  isAllowed: true,
  isDegraded: false,
  standings: [],
  reservation: undefined,
  leases: [],
};

/** Returns the standing of a client that has to wait. */
export function refusedStanding(
  { policy, state: { client, partitionKey } }: Claim,
  remaining: number,
  waitMs: number,
): PolicyStanding {
  return { policy, client, partitionKey, remaining, resetMs: waitMs, waitMs };
}

/** Returns the standing that Redis's verdict on a claim means. */
export function standingOf({ charge, waitMs, remaining, resetMs }: Verdict<Claim>): PolicyStanding {
  if (waitMs > 0) return refusedStanding(charge, remaining, waitMs);
  const { policy, state } = charge;
  return { policy, client: state.client, partitionKey: state.partitionKey, remaining, resetMs, waitMs };
}
