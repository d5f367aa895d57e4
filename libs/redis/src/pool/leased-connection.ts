import type { Redis } from 'ioredis';
import type { DeadlineWheel } from '../budget/deadline-wheel.js';
import { toOutcome } from '../connection/redis.errors.js';
import { ok, type Outcome } from '../outcome.js';

export type RedisArgument = string | number | Buffer;

/**
 * A socket of one caller's own, for blocking commands and WATCH … EXEC. After a call without an answer its state is
 * unknown: it answers no more and is not used again.
 */
export class LeasedConnection {
  private lost = false;
  private watches = false;

  constructor(
    private readonly connection: Redis,
    private readonly wheel: DeadlineWheel,
  ) {}

  /** False once it must not be given to anyone else. */
  get isSound(): boolean {
    return !this.lost && this.connection.status === 'ready';
  }

  /**
   * One command, its reply as bytes.
   *
   * @param timeoutMs for a blocking command: longer than its own timeout
   */
  command(timeoutMs: number, name: string, ...args: RedisArgument[]): Promise<Outcome<unknown>> {
    if (/^watch$/i.test(name)) this.watches = true;
    return this.bounded(timeoutMs, () => this.connection.callBuffer(name, ...args));
  }

  /** MULTI, the commands, EXEC. Null: a watched key had changed, and nothing ran. */
  transaction(
    timeoutMs: number,
    commands: readonly (readonly [name: string, ...args: RedisArgument[]])[],
  ): Promise<Outcome<unknown[] | null>> {
    this.watches = false;
    return this.bounded(timeoutMs, async () => {
      const multi = this.connection.multi();
      for (const [name, ...args] of commands) multi.callBuffer(name, ...args);
      const replies = await multi.exec();
      return replies?.map(([error, reply]) => error ?? reply) ?? null;
    });
  }

  /** Readies it for the next caller. */
  async reset(timeoutMs: number): Promise<void> {
    if (this.watches && this.isSound) await this.command(timeoutMs, 'UNWATCH');
    this.watches = false;
  }

  private bounded<T>(timeoutMs: number, operation: () => Promise<T>): Promise<Outcome<T>> {
    if (!this.isSound) {
      return Promise.resolve({
        status: 'unavailable',
        fault: { kind: 'connection', code: 'CLOSED' },
        mayHaveRun: false,
      });
    }
    return new Promise((resolve) => {
      const deadline = this.wheel.add(timeoutMs, () => {
        this.lost = true;
        this.connection.disconnect();
        resolve({ status: 'timeout', mayHaveRun: true });
      });
      operation().then(
        (value) => deadline.settle() && resolve(ok(value)),
        (error: unknown) => deadline.settle() && resolve(toOutcome(error)),
      );
    });
  }
}
