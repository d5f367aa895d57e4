import type { Redis } from 'ioredis';
import type { DeadlineWheel } from '../budget/deadline-wheel.js';
import { toOutcome } from '../connection/redis.errors.js';
import { ok, type Outcome } from '../outcome.js';

export type RedisArgument = string | number | Buffer;

const closed: Outcome<never> = {
  status: 'unavailable',
  fault: { kind: 'connection', code: 'CLOSED' },
  mayHaveRun: false,
};

/**
 * A connection that one caller has to itself, for blocking commands and WATCH … EXEC. After a call times out, the state
 * of the connection is unknown: it sends nothing more and is not lent again.
 */
export class LeasedConnection {
  private hasTimedOut = false;
  private isWatching = false;

  constructor(
    private readonly server: Redis,
    private readonly wheel: DeadlineWheel,
  ) {}

  /** Whether it can be lent again. */
  get isReusable(): boolean {
    return !this.hasTimedOut && this.server.status === 'ready';
  }

  /**
   * Runs one command and returns its reply as bytes.
   *
   * @param timeoutMs of a blocking command: longer than the command's own timeout
   */
  command(timeoutMs: number, name: string, ...args: RedisArgument[]): Promise<Outcome<unknown>> {
    if (/^watch$/i.test(name)) this.isWatching = true;
    return this.bounded(timeoutMs, () => this.server.callBuffer(name, ...args));
  }

  /** Runs commands as a transaction. Returns null if a watched key has changed, in which case nothing was executed. */
  transaction(
    timeoutMs: number,
    commands: readonly (readonly [name: string, ...args: RedisArgument[]])[],
  ): Promise<Outcome<unknown[] | null>> {
    this.isWatching = false;
    return this.bounded(timeoutMs, async () => {
      const multi = this.server.multi();
      for (const [name, ...args] of commands) multi.callBuffer(name, ...args);
      const replies = await multi.exec();
      return replies?.map(([error, reply]) => error ?? reply) ?? null;
    });
  }

  /** Prepares the connection for the next caller. */
  async reset(timeoutMs: number): Promise<void> {
    if (this.isWatching && this.isReusable) await this.command(timeoutMs, 'UNWATCH');
    this.isWatching = false;
  }

  private bounded<T>(timeoutMs: number, operation: () => Promise<T>): Promise<Outcome<T>> {
    if (!this.isReusable) return Promise.resolve(closed);
    return this.wheel.race<T, Outcome<T>>(operation(), timeoutMs, {
      onValue: ok,
      onError: toOutcome,
      onExpired: () => {
        this.hasTimedOut = true;
        this.server.disconnect();
        return { status: 'timeout', mayHaveRun: true };
      },
    });
  }
}
