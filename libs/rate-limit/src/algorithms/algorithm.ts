import type { Usage } from './usage/usage.js';

export const periods = ['minute', 'hour', 'day', 'week', 'month'] as const;
export type Period = (typeof periods)[number];

/** The amounts of a policy. Each algorithm declares which of the optional ones it takes. */
export interface Amounts {
  /** Units in a window. */
  readonly quota: number;
  readonly windowSeconds?: number | undefined;
  /** Units that are admitted at once. */
  readonly burst?: number | undefined;
  readonly period?: Period | undefined;
}

export type AmountOption = 'windowSeconds' | 'burst' | 'period';

/** The arguments `a` and `b` of an algorithm's Lua fragment. */
export type ScriptArguments = readonly [a: string, b: string];

/** An algorithm with the amounts of one policy. */
export abstract class Algorithm {
  readonly windowMs: number;
  /** The maximum number of units at once: a request that costs more can never be admitted. */
  readonly capacity: number;
  /** Whether it counts requests in progress, each by a lease, instead of units. */
  readonly usesLeases: boolean = false;

  constructor({ quota, windowSeconds = 0 }: Amounts) {
    this.windowMs = 1000 * windowSeconds;
    this.capacity = quota;
  }

  /** Returns the arguments of the Lua fragment at a time of Redis's clock. */
  abstract argumentsAt(redisNowMs: number): ScriptArguments;

  /** Returns a tracker, still empty, of what one client has used: this process's memory of the client's debt. */
  abstract newUsage(): Usage;

  /** Returns the argument of the fragment's `refund()` for a reservation in a window that ends at this time of Redis's clock. */
  refundArgument(windowEndsMs: number): number {
    return windowEndsMs;
  }
}

/** The class of an algorithm. To add one, write this class and its Lua fragment, and list it in `algorithms.ts`. */
export interface AlgorithmType {
  new (amounts: Amounts): Algorithm;
  /** The lower-case letter that selects the Lua fragment. */
  readonly letter: string;
  /** The Lua fragment. A literal `new URL('…', import.meta.url)`, which the bundler follows. */
  readonly fragment: URL;
  readonly required: readonly AmountOption[];
  readonly optional: readonly AmountOption[];
}
