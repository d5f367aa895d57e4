import { Injectable } from '@nestjs/common';
import {
  InjectRedis,
  type KeySpace,
  loadScript,
  ok,
  type Outcome,
  type RedisBudget,
  RedisClient,
  type ScriptCall,
} from '@app/redis';
import { algorithmFragments } from '../algorithms/algorithms.js';
import type { Restored } from '../algorithms/usage/usage.js';
import type { CompiledPolicy } from '../policies/compiled-policy.js';

const fragments = {
  clock: new URL('./scripts/includes/clock.lua', import.meta.url),
  registry: new URL('./scripts/includes/registry.lua', import.meta.url),
  counter: new URL('./scripts/includes/counter.lua', import.meta.url),
  ...algorithmFragments,
};
const decide = loadScript('decide-n', new URL('./scripts/decide-n.lua', import.meta.url), fragments);
const refund = loadScript('refund-n', new URL('./scripts/refund-n.lua', import.meta.url), fragments);
const extendLease = loadScript('extend-lease-1', new URL('./scripts/extend-lease-1.lua', import.meta.url));

/** What a request claims of one policy. */
export interface Charge {
  readonly policy: CompiledPolicy;
  readonly key: string;
  /** Units, or the id of a new lease; 0 charges nothing. */
  readonly cost: number | string;
  /** What Redis may have lost, to be restored first. */
  readonly restored?: Restored | undefined;
}

/** How Redis decided on one charge. */
export interface Verdict<C extends Charge> {
  readonly charge: C;
  /** 0 if the policy admits the request. */
  readonly waitMs: number;
  readonly remaining: number;
  /** Time until all units, in a sliding window more units, are available. */
  readonly resetMs: number;
}

export interface Verdicts<C extends Charge> {
  readonly isAllowed: boolean;
  readonly verdicts: readonly Verdict<C>[];
  /** Redis's time, if it was requested. */
  readonly redisMs: number | undefined;
}

export interface Refund {
  readonly policy: CompiledPolicy;
  readonly key: string;
  /** When the window of the reservation ends, by Redis's clock. */
  readonly windowEndsMs: number;
}

/** Flags and the status of the script. */
const restoresFlag = 1;
const returnsTimeFlag = 2;
const clockMismatch = -1;

/** `{env}:ratelimit:{policy}:{client}`: a string or a sorted set of leases. The algorithms' Lua fragments document their state. */
@Injectable()
export class LimitsRepository {
  /** How far Redis's clock is ahead of this process's, as far as it has mattered. */
  private clockOffsetMs = 0;

  constructor(@InjectRedis('limits') private readonly redis: RedisClient) {
    for (const script of [decide, refund, extendLease]) redis.register(script);
  }

  get keys(): KeySpace {
    return this.redis.keys;
  }

  /** How many times Redis has become available again, each time possibly without its data. */
  get recoveries(): number {
    return this.redis.recoveries;
  }

  newBudget(): RedisBudget {
    return this.redis.newBudget();
  }

  /** Checks all charges, then makes all or none of them, in one step. */
  async decide<C extends Charge>(
    budget: RedisBudget,
    charges: readonly C[],
    returnsTime: boolean,
  ): Promise<Outcome<Verdicts<C>>> {
    for (let attempt = 0; attempt < 2; attempt++) {
      const outcome = await this.redis.run(budget, decide, this.callOf(charges, returnsTime));
      if (outcome.status !== 'ok') return outcome;
      const reply = outcome.value as number[];
      if (!this.correctClock(reply)) return ok(decode(charges, reply, returnsTime));
    }
    return { status: 'error', fault: { kind: 'reply', code: 'CLOCK' } };
  }

  /** Restores what Redis may have lost, one client at a time. Returns whether it all succeeded. */
  async restore(charges: readonly Charge[]): Promise<boolean> {
    const calls = charges.map((charge) => this.callOf([charge], false));
    const outcome = await this.redis.runMany(this.newBudget(), decide, calls);
    if (outcome.status !== 'ok') return false;
    return outcome.value.every((each) => each.status === 'ok' && !this.correctClock(each.value as number[]));
  }

  /** Refunds units, except those that have been released by time already. */
  refund(reservedAtMs: number, units: number, refunds: readonly Refund[]): Promise<Outcome<unknown>> {
    return this.redis.run(this.newBudget(), refund, {
      keys: refunds.map(({ key }) => key),
      args: [
        reservedAtMs,
        units,
        ...refunds.flatMap(({ policy, windowEndsMs }) => [
          policy.letter,
          policy.algorithm.refundArgument(windowEndsMs),
        ]),
      ],
    });
  }

  extendLease(key: string, id: string, lifeMs: number): Promise<Outcome<unknown>> {
    return this.redis.run(this.newBudget(), extendLease, { keys: [key], args: [id, lifeMs] });
  }

  releaseLease(key: string, id: string): Promise<Outcome<unknown>> {
    return this.redis.command(this.newBudget(), 'ZREM', key, id);
  }

  /** Deletes everything that a client has used of a policy. */
  forget(budget: RedisBudget, key: string): Promise<Outcome<number>> {
    return this.redis.delete(budget, [key]);
  }

  private callOf(charges: readonly Charge[], returnsTime: boolean): ScriptCall {
    const nowMs = Date.now() + this.clockOffsetMs;
    const restores = charges[0]?.restored !== undefined;
    const args: (string | number)[] = [(restores ? restoresFlag : 0) + (returnsTime ? returnsTimeFlag : 0)];
    const keys: string[] = [];
    for (const { policy, key, cost } of charges) {
      const [a, b] = policy.algorithm.argumentsAt(nowMs);
      keys.push(key);
      args.push(policy.code, cost, a, b);
    }
    if (restores)
      for (const { restored } of charges)
        args.push(restored?.floor ?? 0, restored?.leftMs ?? 0, restored?.owed ?? 0);
    return { keys, args };
  }

  /** Learns Redis's time if a script has returned it because its arguments did not fit. */
  private correctClock(reply: readonly number[]): boolean {
    if (reply[0] !== clockMismatch) return false;
    this.clockOffsetMs = (reply[1] as number) - Date.now();
    return true;
  }
}

function decode<C extends Charge>(
  charges: readonly C[],
  reply: readonly number[],
  returnsTime: boolean,
): Verdicts<C> {
  const verdicts = charges.map((charge, index) => ({
    charge,
    waitMs: reply[3 * index + 1] as number,
    remaining: reply[3 * index + 2] as number,
    resetMs: reply[3 * index + 3] as number,
  }));
  return { isAllowed: reply[0] === 1, verdicts, redisMs: returnsTime ? reply.at(-1) : undefined };
}
