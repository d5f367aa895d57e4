import { LRUCache } from 'lru-cache';
import type { Restored, Usage } from '../algorithms/usage/usage.js';
import type { CompiledPolicy } from '../policies/compiled-policy.js';

/** Pairs of client and policy that a process remembers. The least recently used are evicted. */
const maxStates = 50_000;

/** How many times Redis has become available again, and how many times it had lost its data. */
export interface RedisHistory {
  readonly recoveries: number;
  readonly losses: number;
}

/** What a process knows about a client and a policy. Times are `performance.now()`. */
export class ClientState {
  /** Until then requests that cost `refusedCost` or more are refused without Redis. */
  refusedUntilMs = 0;
  refusedCost = 0;
  refusedRemaining = 0;
  readonly usage: Usage;

  constructor(
    readonly policy: CompiledPolicy,
    /** The client as administrators name it. */
    readonly client: string,
    readonly key: string,
    /** A keyed hash of the client: `pk` in the response fields. */
    readonly partitionKey: string,
    /** Redis's history when it last knew everything that is known here. */
    private known: RedisHistory,
  ) {
    this.usage = policy.algorithm.newUsage();
  }

  /** Whether Redis may know less than this process. */
  mustRestore({ recoveries, losses }: RedisHistory): boolean {
    return this.usage.isUnreported || this.known.recoveries !== recoveries || this.known.losses !== losses;
  }

  /** Returns what to restore in Redis. If that fails, call `undoRestore`. */
  restore(nowMs: number, history: RedisHistory): Restored {
    const restored = this.usage.restore(nowMs, this.known.losses !== history.losses);
    this.known = history;
    return restored;
  }

  undoRestore(restored: Restored): void {
    this.usage.undoRestore(restored);
    this.known = { recoveries: -1, losses: restored.isLost ? -1 : this.known.losses };
  }

  refuse(untilMs: number, cost: number, remaining: number): void {
    this.refusedUntilMs = untilMs;
    this.refusedCost = cost;
    this.refusedRemaining = remaining;
  }

  admitAgain(): void {
    this.refuse(0, 0, 0);
  }
}

/** A bounded memory of clients. */
export class ClientStates {
  private readonly states = new LRUCache<string, ClientState>({ max: maxStates });

  get size(): number {
    return this.states.size;
  }

  /** Returns the states to restore in a Redis that has lost its data. */
  inUse(nowMs: number): ClientState[] {
    return [...this.states.values()].filter(({ usage }) => usage.isInUse(nowMs));
  }

  /** Returns the state of a client, a new one if the policies have changed since. */
  get(client: string, policy: CompiledPolicy, make: () => ClientState): ClientState {
    const id = `${policy.name} ${client}`;
    const known = this.states.get(id);
    if (known?.policy === policy) return known;
    const state = make();
    this.states.set(id, state);
    return state;
  }
}
