import { Injectable } from '@nestjs/common';
import {
  InjectRedis,
  type KeySpace,
  loadScript,
  type Outcome,
  type RedisBudget,
  RedisClient,
  type ScriptCall,
} from '@app/redis';
import type { CompiledPolicy } from '../policies/compiled-policy.js';
import type { Restored } from './usage/usage.js';

const decide = loadScript('decide-n', new URL('./scripts/decide-n.lua', import.meta.url), {
  'gcra-fast': new URL('./scripts/includes/gcra-fast.lua', import.meta.url),
  'sliding-window-fast': new URL('./scripts/includes/sliding-window-fast.lua', import.meta.url),
  clock: new URL('./scripts/includes/clock.lua', import.meta.url),
  'foreign-state': new URL('./scripts/includes/foreign-state.lua', import.meta.url),
  'sliding-window': new URL('./scripts/includes/sliding-window.lua', import.meta.url),
  gcra: new URL('./scripts/includes/gcra.lua', import.meta.url),
  'fixed-window': new URL('./scripts/includes/fixed-window.lua', import.meta.url),
  concurrency: new URL('./scripts/includes/concurrency.lua', import.meta.url),
});
const refund = loadScript('refund-n', new URL('./scripts/refund-n.lua', import.meta.url));
const extendLease = loadScript('extend-lease-1', new URL('./scripts/extend-lease-1.lua', import.meta.url));

/** What a request asks of a policy. */
export interface Charge {
  readonly policy: CompiledPolicy;
  readonly key: string;
  /** Units; of leases the id of the new one. 0 or '' only looks. */
  readonly cost: number | string;
}

export interface Refund {
  readonly policy: CompiledPolicy;
  readonly key: string;
  /** Of windows: when the one that it was reserved in ends, by Redis's clock. */
  readonly windowEndsMs: number;
}

/** Flags of the script. */
const [restores, tellsTime] = [1, 2];

/** `{env}:ratelimit:{policy}:{client}`: a string, or a sorted set of leases. The scripts' headers say what is in them. */
@Injectable()
export class LimitsRepository {
  constructor(@InjectRedis('limits') private readonly redis: RedisClient) {
    for (const script of [decide, refund, extendLease]) redis.register(script);
  }

  get keys(): KeySpace {
    return this.redis.keys;
  }

  /** How often Redis has come back: it may have lost what it knew. */
  get recoveries(): number {
    return this.redis.recoveries;
  }

  newBudget(): RedisBudget {
    return this.redis.newBudget();
  }

  /**
   * Checks all and charges all or none, in one step. Returns 1 or 0, then three numbers a charge: ms to wait, units
   * remaining, ms until all are back (in a sliding window: until more are); at last the time in ms where that is asked for.
   */
  decide(
    budget: RedisBudget,
    charges: readonly Charge[],
    restored: readonly Restored[] | undefined,
    withTime: boolean,
  ): Promise<Outcome<unknown>> {
    return this.redis.run(budget, decide, callOf(charges, restored, withTime));
  }

  /** Tells Redis what it may have lost, client by client. False where it did not take it. */
  async restore(states: readonly (Charge & { readonly restored: Restored })[]): Promise<boolean> {
    const calls = states.map((state) => callOf([state], [state.restored], false));
    const outcome = await this.redis.runMany(this.newBudget(), decide, calls);
    return outcome.status === 'ok' && outcome.value.every(({ status }) => status === 'ok');
  }

  /** Gives units back, less what time has given back already. */
  refund(reservedAtMs: number, units: number, refunds: readonly Refund[]): Promise<Outcome<unknown>> {
    return this.redis.run(this.newBudget(), refund, {
      keys: refunds.map(({ key }) => key),
      args: [
        reservedAtMs,
        units,
        ...refunds.flatMap(({ policy: { kind, windowMs }, windowEndsMs }) =>
          kind === 's' ? [kind, windowMs] : [kind === 'g' ? kind : 'f', windowEndsMs],
        ),
      ],
    });
  }

  extendLease(key: string, id: string, lifeMs: number): Promise<Outcome<unknown>> {
    return this.redis.run(this.newBudget(), extendLease, { keys: [key], args: [id, lifeMs] });
  }

  releaseLease(key: string, id: string): Promise<Outcome<unknown>> {
    return this.redis.command(this.newBudget(), 'ZREM', key, id);
  }

  /** UNLINK: everything that a client has used of a policy. */
  forget(budget: RedisBudget, key: string): Promise<Outcome<number>> {
    return this.redis.delete(budget, [key]);
  }
}

function callOf(
  charges: readonly Charge[],
  restored: readonly Restored[] | undefined,
  withTime: boolean,
): ScriptCall {
  const args: (string | number)[] = [(restored ? restores : 0) + (withTime ? tellsTime : 0)];
  const keys: string[] = [];
  for (const { policy, key, cost } of charges) {
    keys.push(key);
    args.push(policy.code, cost, policy.a, policy.b);
  }
  for (const { used, leftMs, owed } of restored ?? []) args.push(used, leftMs, owed);
  return { keys, args };
}
