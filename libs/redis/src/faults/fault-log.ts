import type { Logger } from '@nestjs/common';
import type { Outcome } from '../outcome.js';
import { advice } from './fault-advice.js';

/** After its first line, a cause gets one more each interval, with what was counted since. */
const intervalMs = 60_000;
/** How long a refusal counts as the server's state. */
const refusalMs = 30_000;
/** Replies that the callers ask for and handle: a group that exists already, or not yet. */
const expected = new Set(['BUSYGROUP', 'NOGROUP', 'NOSCRIPT']);
/** Causes that say something about the server, not about one key or one command's arguments. */
const refusals = new Set([
  'OOM',
  'NOPERM',
  'READONLY',
  'MISCONF',
  'NOREPLICAS',
  'LOADING',
  'MASTERDOWN',
  'BUSY',
  'CLUSTERDOWN',
  'MOVED',
]);
/** Asked for by Marquee's own monitoring: an ACL without them hurts no feature. */
const monitoring = new Set(['INFO', 'PING']);

/** A server that answers and refuses, as health and status show it. */
export interface Refusal {
  readonly cause: string;
  readonly command: string;
}

/**
 * Says which command failed and why: the first failure of a cause at once, the rest as counts by command, one line a
 * cause and minute. Commands and codes only; never keys, arguments or the server's message.
 */
export class FaultLog {
  private readonly counts = new Map<string, Map<string, number>>();
  private readonly timers = new Set<NodeJS.Timeout>();
  private latest: (Refusal & { readonly atMs: number }) | undefined;

  constructor(
    private readonly target: string,
    private readonly logger: Pick<Logger, 'warn'>,
    private readonly onFault: (cause: string) => void,
  ) {}

  /** The last refusal of the last half minute. */
  get refusal(): Refusal | undefined {
    if (!this.latest || performance.now() - this.latest.atMs > refusalMs) return undefined;
    const { cause, command } = this.latest;
    return { cause, command };
  }

  /** Records a call that was sent and failed. */
  failed(command: string, outcome: Outcome<unknown>): void {
    const cause = causeOf(outcome);
    if (cause === undefined || expected.has(cause)) return;
    this.onFault(cause);
    if (refusals.has(cause) && !monitoring.has(command))
      this.latest = { cause, command, atMs: performance.now() };
    const since = this.counts.get(cause);
    if (since) since.set(command, (since.get(command) ?? 0) + 1);
    else {
      this.logger.warn({
        msg: `Redis "${this.target}": ${command} failed with ${cause}: ${advice(cause)}`,
        command,
        cause,
      });
      this.begin(cause);
    }
  }

  /** Ends its timers. */
  dispose(): void {
    for (const timer of this.timers) clearTimeout(timer);
    this.timers.clear();
    this.counts.clear();
  }

  private begin(cause: string): void {
    const counts = new Map<string, number>();
    this.counts.set(cause, counts);
    const timer = setTimeout(() => {
      this.timers.delete(timer);
      this.counts.delete(cause);
      if (counts.size === 0) return;
      const commands = Object.fromEntries([...counts].sort(([, a], [, b]) => b - a));
      const total = [...counts.values()].reduce((sum, count) => sum + count, 0);
      const names = Object.entries(commands).map(([command, count]) => `${command} ${count}`);
      this.logger.warn({
        msg: `Redis "${this.target}": ${total} more calls failed with ${cause} within ${intervalMs / 1000} s (${names.join(', ')})`,
        cause,
        commands,
      });
      this.begin(cause);
    }, intervalMs);
    timer.unref();
    this.timers.add(timer);
  }
}

/** `TIMEOUT`, or the code of the fault; undefined for a call that did not fail. */
export function causeOf(outcome: Outcome<unknown>): string | undefined {
  if (outcome.status === 'timeout') return 'TIMEOUT';
  return 'fault' in outcome ? outcome.fault.code : undefined;
}
