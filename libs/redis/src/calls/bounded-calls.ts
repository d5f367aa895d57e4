import { setTimeout as delay } from 'node:timers/promises';
import { ClosingWaiters } from '../breaker/closing-waiters.js';
import type { RedisBreaker } from '../breaker/redis-breaker.js';
import type { DeadlineWheel } from '../budget/deadline-wheel.js';
import type { RedisBudget } from '../budget/redis-budget.js';
import type { RedisCommands } from '../connection/redis-connection.js';
import type { Outcome } from '../outcome.js';
import { Attempt, type AttemptContext } from './attempt.js';
import type { CallObserver } from './call-observer.js';

/** Sends commands and resolves to their reply. */
export type Operation<T> = (commands: RedisCommands) => Promise<T>;

/** How a call is sent. */
export interface CallOptions {
  /** Whether running it twice does no harm: it is then sent again after its connection was lost. Default false. */
  readonly idempotent?: boolean | undefined;
  /** Whether its reply may be large: it then travels on a bulk connection. Default false. */
  readonly bulk?: boolean | undefined;
}

export interface BoundedCallsOptions {
  readonly breaker: RedisBreaker;
  readonly wheel: DeadlineWheel;
  readonly observer: CallObserver;
  /** A call with a larger budget than this is patient. */
  readonly usualBudgetMs: number;
  /** Sends an operation; undefined without a connection. */
  readonly send: <T>(operation: Operation<T>, options: CallOptions) => Promise<T> | undefined;
}

const budgetSpent: Outcome<never> = { status: 'timeout', mayHaveRun: false };
/** Patient calls wait for a Redis that has been unavailable for less than this. */
const maxFlapMs = 2_000;
/** Delay before a patient call is sent again. It doubles with each repetition. */
const firstRepeatAfterMs = 20;
const defaults: CallOptions = {};

/**
 * The calls to one target, each bounded by its caller's budget.
 *
 * A call with the usual budget fails at once while Redis is unavailable, and is sent once. A call with a larger budget is
 * patient: within that budget it waits for Redis to recover, and is sent again if it certainly did not run or is idempotent.
 */
export class BoundedCalls {
  private readonly waiters: ClosingWaiters;
  private readonly context: AttemptContext;

  constructor(private readonly options: BoundedCallsOptions) {
    const { wheel, breaker, observer } = options;
    this.waiters = new ClosingWaiters(wheel);
    this.context = { breaker, observer, lastReplyMs: 0 };
  }

  /** Runs an operation within the budget. `command` names it in logs and metrics. */
  run<T>(
    budget: RedisBudget,
    command: string,
    operation: Operation<T>,
    options = defaults,
  ): Promise<Outcome<T>> {
    const isPatient = budget.totalMs > this.options.usualBudgetMs;
    return isPatient
      ? this.patiently(budget, command, operation, options)
      : this.attempt(budget, command, operation, options);
  }

  /** Reports that one of several commands in a call has failed. */
  reportFailure(command: string, outcome: Outcome<unknown>): void {
    this.options.observer.failed(command, outcome);
  }

  /** Sends the calls that wait for the breaker to close. */
  resume(): void {
    this.waiters.release(true);
  }

  /** Fails the calls that wait for the breaker to close. */
  close(): void {
    this.waiters.release(false);
  }

  private async patiently<T>(
    budget: RedisBudget,
    command: string,
    operation: Operation<T>,
    options: CallOptions,
  ): Promise<Outcome<T>> {
    for (let repeatAfterMs = firstRepeatAfterMs; ; repeatAfterMs *= 2) {
      if (!this.options.breaker.isClosed && !(await this.waitForRedis(budget)))
        return this.notSent(this.options.observer.unavailable());
      const outcome = await this.attempt(budget, command, operation, options);
      const mayRepeat =
        outcome.status === 'unavailable' &&
        outcome.fault.kind !== 'denied' &&
        (options.idempotent || !outcome.mayHaveRun);
      if (!mayRepeat || budget.remainingMs <= repeatAfterMs) return outcome;
      budget.begin();
      await delay(repeatAfterMs);
      budget.end();
    }
  }

  /** Waits until the breaker closes. Resolves to false if it does not. */
  private async waitForRedis(budget: RedisBudget): Promise<boolean> {
    if (this.options.breaker.openForMs > maxFlapMs) return false;
    budget.begin();
    const hasClosed = await this.waiters.wait(budget.remainingMs);
    budget.end();
    return hasClosed;
  }

  private attempt<T>(
    budget: RedisBudget,
    command: string,
    operation: Operation<T>,
    options: CallOptions,
  ): Promise<Outcome<T>> {
    const { breaker, wheel, observer, send } = this.options;
    if (!breaker.isClosed) return Promise.resolve(this.notSent(observer.unavailable()));
    const { remainingMs } = budget;
    if (remainingMs <= 0) return Promise.resolve(this.notSent(budgetSpent));
    const startedMs = performance.now();
    const reply = send(operation, options);
    if (!reply) {
      breaker.failure();
      return Promise.resolve(this.notSent(observer.unavailable()));
    }
    budget.begin(startedMs);
    const attempt = new Attempt<T>(this.context, command, budget, remainingMs, startedMs);
    return wheel.race(reply, remainingMs, attempt, startedMs);
  }

  private notSent(outcome: Outcome<never>): Outcome<never> {
    this.options.observer.ended(outcome.status, 0);
    return outcome;
  }
}
