import { Algorithm, type AmountOption, type ScriptArguments } from './algorithm.js';
import { SlidingWindowUsage } from './usage/sliding-window-usage.js';
import type { Usage } from './usage/usage.js';

/** Admits at most the quota in any span of the window's length. */
export class SlidingWindow extends Algorithm {
  static readonly letter = 's';
  static readonly fragment = new URL('./sliding-window.lua', import.meta.url);
  static readonly required: readonly AmountOption[] = ['windowSeconds'];
  static readonly optional: readonly AmountOption[] = [];

  private readonly arguments: ScriptArguments = [String(this.capacity), String(this.windowMs)];

  override argumentsAt(): ScriptArguments {
    return this.arguments;
  }

  override newUsage(): Usage {
    return new SlidingWindowUsage(this);
  }

  override refundArgument(): number {
    return this.windowMs;
  }
}
