import type { Logger } from '@nestjs/common';
import type { Outcome } from '../outcome.js';
import { advice } from './fault-advice.js';

/** After its first line, a cause gets at most one line per interval, with the failures in between. */
const intervalMs = 60_000;
/** How long a refusal is reported as the state of the server. */
const refusalMs = 30_000;
/** Error replies that callers expect and handle, such as that of a group that already exists. */
const expected = new Set(['BUSYGROUP', 'NOGROUP', 'NOSCRIPT']);
/** Causes that concern the server, not one key or the arguments of one command. */
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
/** Commands of Marquee's own monitoring. No feature needs them, so an ACL may deny them. */
const monitoring = new Set(['INFO', 'PING']);

/** A command that a reachable server refused, as health and status show it. */
export interface Refusal {
  readonly cause: string;
  readonly command: string;
}

/**
 * Logs which commands failed and why: the first failure of a cause at once, the others as counts by command, one line per
 * cause and minute. It logs commands and error codes, never keys, arguments or messages of the server.
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

  /** The last refusal, if it is less than 30 seconds old. */
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
      this.startInterval(cause);
    }
  }

  /** Stops its timers. */
  dispose(): void {
    for (const timer of this.timers) clearTimeout(timer);
    this.timers.clear();
    this.counts.clear();
  }

  private startInterval(cause: string): void {
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
      this.startInterval(cause);
    }, intervalMs);
    timer.unref();
    this.timers.add(timer);
  }
}

/** Returns `TIMEOUT` or the code of the fault; undefined for a call that did not fail. */
export function causeOf(outcome: Outcome<unknown>): string | undefined {
  if (outcome.status === 'timeout') return 'TIMEOUT';
  return 'fault' in outcome ? outcome.fault.code : undefined;
}
