import { LRUCache } from 'lru-cache';
import type { CompiledPolicy } from '../policies/compiled-policy.js';
import { newUsage } from './usage/new-usage.js';
import type { Restored, Usage } from './usage/usage.js';

/** Clients times policies that a process remembers; the least recently seen are forgotten. */
const maxStates = 50_000;

/** How often Redis has come back, and how often it had then lost its data. */
export interface RedisHistory {
  readonly recoveries: number;
  readonly losses: number;
}

/** What a process knows of a client's use of a policy. Times are `performance.now()`. */
export class ClientState {
  /** Until then Redis need not be asked for what costs `deniedCost` or more. */
  deniedUntilMs = 0;
  deniedCost = 0;
  deniedRemaining = 0;
  readonly usage: Usage;

  constructor(
    readonly policy: CompiledPolicy,
    /** As administrators call it. */
    readonly client: string,
    readonly key: string,
    /** The fields' `pk`: a keyed hash of the client. */
    readonly partitionKey: string,
    /** As it was when Redis was last told what is known here. */
    private known: RedisHistory,
  ) {
    this.usage = newUsage(policy);
  }

  /** Whether Redis may know less than this process. */
  mustRestore({ recoveries, losses }: RedisHistory): boolean {
    return this.usage.owes || this.known.recoveries !== recoveries || this.known.losses !== losses;
  }

  /** What Redis may have lost, and what it was not told. Handed out once: `undoRestore` takes it back. */
  restore(nowMs: number, history: RedisHistory): Restored {
    const restored = this.usage.restore(nowMs, this.known.losses !== history.losses);
    this.known = history;
    return restored;
  }

  undoRestore(restored: Restored): void {
    this.usage.undoRestore(restored);
    this.known = { recoveries: -1, losses: restored.isLost ? -1 : this.known.losses };
  }

  deny(untilMs: number, cost: number, remaining: number): void {
    this.deniedUntilMs = untilMs;
    this.deniedCost = cost;
    this.deniedRemaining = remaining;
  }
}

/** Bounded memory of clients. */
export class ClientStates {
  private readonly states = new LRUCache<string, ClientState>({ max: maxStates });

  get size(): number {
    return this.states.size;
  }

  /** Those that Redis has to be told of when it has lost its data. */
  *inUse(nowMs: number): Generator<ClientState> {
    for (const state of this.states.values()) {
      if (state.policy.kind !== 'l' && state.usage.isInUse(nowMs)) yield state;
    }
  }

  /** The state of a client, made again where the policies have changed since. */
  get(client: string, policy: CompiledPolicy, make: () => ClientState): ClientState {
    const id = `${policy.name} ${client}`;
    const known = this.states.get(id);
    if (known?.policy === policy) return known;
    const state = make();
    this.states.set(id, state);
    return state;
  }
}
