import {
  Algorithm,
  type AmountOption,
  type Amounts,
  type Period,
  type ScriptArguments,
} from './algorithm.js';
import { LinearUsage } from './usage/linear-usage.js';
import type { Usage } from './usage/usage.js';

/** Maximum length of each period. */
const periodSeconds: Record<Period, number> = {
  minute: 60,
  hour: 3_600,
  day: 86_400,
  week: 604_800,
  month: 2_678_400,
};

/** Admits the quota in each minute, hour, day, week (from Monday) or month, in UTC. */
export class Calendar extends Algorithm {
  static readonly letter = 'c';
  static readonly fragment = new URL('./calendar.lua', import.meta.url);
  static readonly required: readonly AmountOption[] = ['period'];
  static readonly optional: readonly AmountOption[] = [];

  private readonly period: Period;
  private arguments: ScriptArguments = ['', ''];
  /** The current period, for which the arguments hold. */
  private startMs = 0;
  private endMs = 0;

  constructor(amounts: Amounts) {
    const { period = 'day' } = amounts;
    super({ ...amounts, windowSeconds: periodSeconds[period] });
    this.period = period;
  }

  override argumentsAt(redisNowMs: number): ScriptArguments {
    if (redisNowMs < this.startMs || redisNowMs >= this.endMs) {
      const [startMs, endMs] = [0, 1].map((offset) => boundaryOf(this.period, redisNowMs, offset));
      this.startMs = startMs as number;
      this.endMs = endMs as number;
      // The neighboring periods allow for the difference between the clocks. Redis chooses by its own.
      const boundaries = [-1, 0, 1, 2].map((offset) => boundaryOf(this.period, redisNowMs, offset));
      this.arguments = [String(this.capacity), boundaries.join(' ')];
    }
    return this.arguments;
  }

  override newUsage(): Usage {
    const { capacity, windowMs } = this;
    return new LinearUsage({ capacity, emissionMs: windowMs / capacity, measure: 'units' });
  }
}

/** Returns when the period starts that a time is in (offset 0), the next one (1) or the one before (-1). */
export function boundaryOf(period: Period, timeMs: number, offset: number): number {
  const time = new Date(timeMs);
  const [year, month, day] = [time.getUTCFullYear(), time.getUTCMonth(), time.getUTCDate()];
  const hour = time.getUTCHours();
  switch (period) {
    case 'minute':
      return Date.UTC(year, month, day, hour, time.getUTCMinutes() + offset);
    case 'hour':
      return Date.UTC(year, month, day, hour + offset);
    case 'day':
      return Date.UTC(year, month, day + offset);
    case 'week':
      return Date.UTC(year, month, day - ((time.getUTCDay() + 6) % 7) + 7 * offset);
    case 'month':
      return Date.UTC(year, month + offset);
  }
}
