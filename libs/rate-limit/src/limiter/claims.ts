import { createHmac, randomUUID } from 'node:crypto';
import type { CompiledPolicy } from '../policies/compiled-policy.js';
import type { PoliciesService } from '../policies/policies.service.js';
import { CostAboveBurstError } from '../rate-limit.errors.js';
import { clientOf, limitKey, parseClient } from './client.js';
import { ClientState, ClientStates, type RedisHistory } from './client-states.js';
import type { Claim, Demand } from './decision.js';
import type { LimitsRepository } from './limits.repository.js';

/** Converts what a request needs into claims on policies, each with the state of the client. */
export class Claims {
  readonly states = new ClientStates();

  constructor(
    private readonly policies: PoliciesService,
    private readonly repository: LimitsRepository,
    private readonly history: () => RedisHistory,
  ) {}

  /** @throws CostAboveBurstError */
  of(configured: CompiledPolicy, demand: Demand): Claim {
    const { caller, cost, costField, contentBytes = 0, bodyBytes = contentBytes } = demand;
    const { policy, state } = this.stateOf(configured, clientOf(configured, caller));
    const { settings, algorithm, capacity } = policy;
    const { key } = state;
    if (algorithm.usesLeases) return { policy, key, state, units: 1, cost: cost === 0 ? 0 : randomUUID() };
    const units =
      cost === 0 ? 0 : (settings.cost ?? (settings.unit === 'content-bytes' ? contentBytes : cost));
    const maxUnits = policy.countsBytes && cost > 0 ? Math.max(units, bodyBytes) : units;
    if (maxUnits > capacity && policy.isEnforced)
      throw new CostAboveBurstError(policy.name, maxUnits, capacity, costField);
    return { policy, key, state, units, cost: units };
  }

  /** Returns a claim that charges nothing, for a client as administrators name it. @throws UnknownPolicyError */
  named(policyName: string, text: string): Claim {
    const named = this.policies.named(policyName);
    const parts = parseClient(named.policy, named.isBeforeAuthentication, text);
    const { policy, state } = this.stateOf(named.policy, parts);
    return { policy, key: state.key, state, units: 0, cost: 0 };
  }

  /** Returns the policy, or the client's override of it, and what is known about the client. */
  private stateOf(
    configured: CompiledPolicy,
    parts: readonly string[],
  ): { policy: CompiledPolicy; state: ClientState } {
    const client = parts.join(':');
    const policy = this.policies.effective(configured, client);
    const state = this.states.get(client, policy, () => {
      const key = limitKey(this.repository.keys, policy, parts);
      const hash = createHmac('sha256', this.policies.salt).update(key).digest().subarray(0, 9);
      return new ClientState(policy, client, key, hash.toString('base64'), this.history());
    });
    return { policy, state };
  }
}
