import { Algorithm, type AmountOption, type ScriptArguments } from './algorithm.js';
import type { Usage } from './usage/usage.js';

/** Admits a number of requests at the same time. Each holds a lease, which expires after the window unless it is renewed. */
export class Concurrency extends Algorithm {
  static readonly letter = 'l';
  static readonly fragment = new URL('./concurrency.lua', import.meta.url);
  static readonly required: readonly AmountOption[] = ['windowSeconds'];
  static readonly optional: readonly AmountOption[] = [];

  override readonly usesLeases = true;
  private readonly arguments: ScriptArguments = [String(this.capacity), String(this.windowMs)];

  override argumentsAt(): ScriptArguments {
    return this.arguments;
  }

  override newUsage(): Usage {
    return noUsage;
  }
}

/** `ConcurrencyLeases` knows the requests in progress. */
const noUsage: Usage = {
  isUnreported: false,
  isInUse: () => false,
  applyReply: () => undefined,
  refund: () => undefined,
  restore: (_, isLost) => ({ floor: 0, leftMs: 0, owed: 0, isLost }),
  confirmRestored: () => undefined,
  undoRestore: () => undefined,
  waitLocally: () => 0,
  chargeLocally: () => undefined,
};
