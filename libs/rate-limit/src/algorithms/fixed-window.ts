import { Algorithm, type AmountOption, type ScriptArguments } from './algorithm.js';
import { LinearUsage } from './usage/linear-usage.js';
import type { Usage } from './usage/usage.js';

/** Admits the quota in a window that starts with a client's first request. */
export class FixedWindow extends Algorithm {
  static readonly letter: string = 'f';
  static readonly fragment = new URL('./fixed-window.lua', import.meta.url);
  static readonly required: readonly AmountOption[] = ['windowSeconds'];
  static readonly optional: readonly AmountOption[] = [];

  private readonly arguments: ScriptArguments = [String(this.capacity), String(this.windowMs)];

  override argumentsAt(): ScriptArguments {
    return this.arguments;
  }

  override newUsage(): Usage {
    const { capacity, windowMs } = this;
    return new LinearUsage({ capacity, emissionMs: windowMs / capacity, measure: 'units' });
  }
}
