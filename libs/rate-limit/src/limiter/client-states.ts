import { LRUCache } from 'lru-cache';
import type { CompiledPolicy } from '../policies/compiled-policy.js';
import type { Restored } from './limits.repository.js';

/** Clients times policies that a process knows of; the least recently seen are forgotten. */
const mostStates = 50_000;

/**
 * What a process knows of a client's use of a policy. Times are `performance.now()`; debts are given by when they end,
 * so that they shrink by themselves.
 */
export class ClientState {
  /** Until then Redis need not be asked for what costs `deniedCost` or more. */
  deniedUntilMs = 0;
  deniedCost = 0;
  deniedRemaining = 0;
  /** The debt that Redis last told of. Others only add to it. */
  private sharedEndMs = 0;
  /** The debt of a limiter in this process, while Redis is away. */
  private localEndMs = 0;
  /** Units admitted without Redis, which it is still to be told of. */
  private owed = 0;

  constructor(
    readonly policy: CompiledPolicy,
    /** As administrators call it. */
    readonly client: string,
    readonly key: string,
    /** The fields' `pk`: a keyed hash of the client. */
    readonly partitionKey: string,
    /** How often Redis had come back when it was last told what is known here. */
    private recoveries: number,
  ) {}

  /** Whether Redis may know less than this process. */
  mustRestore(recoveries: number): boolean {
    return this.owed > 0 || this.recoveries !== recoveries;
  }

  /** What Redis may have lost, and what it was not told. Handed out once: `notRestored` takes it back. */
  restore(nowMs: number, recoveries: number): Restored {
    const { kind, emissionMs } = this.policy;
    const leftMs = Math.floor(Math.max(0, this.sharedEndMs - nowMs));
    const { owed } = this;
    this.owed = 0;
    this.recoveries = recoveries;
    return { used: kind === 'g' ? leftMs : Math.floor(leftMs / emissionMs), leftMs, owed };
  }

  notRestored({ owed }: Restored): void {
    this.owed += owed;
    this.recoveries = -1;
  }

  /** Takes over what Redis said. */
  heard(nowMs: number, remaining: number, resetMs: number): void {
    const { kind, capacity, emissionMs } = this.policy;
    const debtMs = kind === 'g' ? resetMs : (capacity - remaining) * emissionMs;
    this.sharedEndMs = nowMs + debtMs;
    this.localEndMs = 0;
  }

  deny(untilMs: number, cost: number, remaining: number): void {
    this.deniedUntilMs = untilMs;
    this.deniedCost = cost;
    this.deniedRemaining = remaining;
  }

  /** What a local limiter with its share of the quota has to count with. It begins where Redis left off. */
  localDebtMs(nowMs: number): number {
    return Math.max(0, this.sharedEndMs - nowMs, this.localEndMs - nowMs);
  }

  chargeLocally(debtMs: number, units: number, nowMs: number): void {
    this.localEndMs = nowMs + debtMs;
    this.owed += units;
  }
}

/** Bounded memory of clients. */
export class ClientStates {
  private readonly states = new LRUCache<string, ClientState>({ max: mostStates });

  get size(): number {
    return this.states.size;
  }

  /** Those that Redis would have to be told of, had it lost its data. */
  *inDebt(nowMs: number): Generator<ClientState> {
    for (const state of this.states.values()) {
      if (state.policy.kind !== 'l' && state.localDebtMs(nowMs) > 0) yield state;
    }
  }

  /** The state of a client, made anew where the policies have changed since. */
  get(client: string, policy: CompiledPolicy, make: () => ClientState): ClientState {
    const id = `${policy.name} ${client}`;
    const known = this.states.get(id);
    if (known?.policy === policy) return known;
    const state = make();
    this.states.set(id, state);
    return state;
  }
}
