import { Algorithm, type AmountOption, type Amounts, type ScriptArguments } from './algorithm.js';
import { LinearUsage } from './usage/linear-usage.js';
import type { Usage } from './usage/usage.js';

/** Admits `burst` units at once and spreads the quota evenly over the window (generic cell rate algorithm). */
export class Gcra extends Algorithm {
  static readonly letter = 'g';
  static readonly fragment = new URL('./gcra.lua', import.meta.url);
  static readonly required: readonly AmountOption[] = ['windowSeconds'];
  static readonly optional: readonly AmountOption[] = ['burst'];

  /** The time after which one unit is available again. */
  private readonly emissionMs: number;
  private readonly arguments: ScriptArguments;

  constructor(amounts: Amounts) {
    const { quota, burst = quota } = amounts;
    super({ ...amounts, quota: burst });
    this.emissionMs = this.windowMs / quota;
    this.arguments = [luaNumber(this.emissionMs), luaNumber(this.emissionMs * burst)];
  }

  override argumentsAt(): ScriptArguments {
    return this.arguments;
  }

  override newUsage(): Usage {
    return new LinearUsage({ capacity: this.capacity, emissionMs: this.emissionMs, measure: 'debt' });
  }
}

/** The digits that the stored state includes. */
const luaNumber = (value: number): string => String(Number(value.toPrecision(15)));
