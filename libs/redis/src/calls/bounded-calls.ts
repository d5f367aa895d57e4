import { setTimeout as delay } from 'node:timers/promises';
import { ClosingWaiters } from '../breaker/closing-waiters.js';
import type { RedisBreaker } from '../breaker/redis-breaker.js';
import type { DeadlineWheel } from '../budget/deadline-wheel.js';
import type { RedisBudget } from '../budget/redis-budget.js';
import { toOutcome } from '../connection/redis.errors.js';
import { ok, type Outcome } from '../outcome.js';

export interface BoundedCallsOptions {
  /** A larger budget than this makes a call patient. */
  readonly usualBudgetMs: number;
  /** The outcome of a call that is not sent, because Redis is away. */
  readonly away: () => Outcome<never>;
  /** Returns the outcome with the cause that is known of it, such as a refusal that closed the connection. */
  readonly explain: (outcome: Outcome<never>, nowMs: number) => Outcome<never>;
  /** A call that was sent has failed. */
  readonly onFailure: (command: string, outcome: Outcome<unknown>) => void;
  readonly onOutcome: (status: Outcome<unknown>['status'], durationMs: number) => void;
}

/** A call to bound. */
export interface BoundedCall<T> {
  /** The command or script, for logs and metrics. */
  readonly command: string;
  /** Sends it; undefined without a connection. */
  readonly start: () => Promise<T> | undefined;
  /** Whether it may run twice without harm. */
  readonly idempotent?: boolean | undefined;
}

const budgetSpent: Outcome<never> = { status: 'timeout', mayHaveRun: false };
const timedOut: Outcome<never> = { status: 'timeout', mayHaveRun: true };
/** A Redis that has been away for longer is taken for dead: patient callers no longer wait for it. */
const maxFlapMs = 2_000;
/** A patient call that did not run is sent again after this, then after twice as long, and so on. */
const firstRepeatAfterMs = 20;

/**
 * Calls of one target, each bounded by its caller's budget: the one place that knows of budget, breaker and outcome.
 *
 * A call on the usual budget fails at once while Redis is away, and is never repeated. A call on a larger budget is
 * patient: within that budget it waits for a Redis that comes and goes, and is sent again where it certainly did not run
 * or may run twice.
 */
export class BoundedCalls {
  private readonly waiters: ClosingWaiters;
  /** When a call was last answered within its budget. */
  private answeredMs = 0;

  constructor(
    private readonly breaker: RedisBreaker,
    private readonly wheel: DeadlineWheel,
    private readonly options: BoundedCallsOptions,
  ) {
    this.waiters = new ClosingWaiters(wheel);
  }

  /** Lets waiting calls be sent: the breaker has closed. */
  resume(): void {
    this.waiters.release(true);
  }

  /** Fails waiting calls. */
  close(): void {
    this.waiters.release(false);
  }

  /** Runs a call, patiently on a budget that is larger than the usual one. */
  run<T>(budget: RedisBudget, call: BoundedCall<T>): Promise<Outcome<T>> {
    const isPatient = budget.totalMs > this.options.usualBudgetMs;
    return isPatient ? this.patiently(budget, call) : this.attempt(budget, call);
  }

  private async patiently<T>(budget: RedisBudget, call: BoundedCall<T>): Promise<Outcome<T>> {
    for (let repeatAfterMs = firstRepeatAfterMs; ; repeatAfterMs *= 2) {
      if (!this.breaker.isClosed && !(await this.waitForRedis(budget)))
        return this.count(0, this.options.away());
      const outcome = await this.attempt(budget, call);
      const mayRepeat =
        outcome.status === 'unavailable' &&
        outcome.fault.kind !== 'denied' &&
        (call.idempotent || !outcome.mayHaveRun);
      if (!mayRepeat || budget.remainingMs <= repeatAfterMs) return outcome;
      budget.begin();
      await delay(repeatAfterMs);
      budget.end();
    }
  }

  /** Waits until the breaker closes: true when it has. */
  private async waitForRedis(budget: RedisBudget): Promise<boolean> {
    if (this.breaker.openForMs > maxFlapMs) return false;
    budget.begin();
    const isBack = await this.waiters.wait(budget.remainingMs);
    budget.end();
    return isBack;
  }

  /** Sends it once. Its promise may settle after the deadline: a late rejection harms nobody, a late reply is a good sign. */
  private attempt<T>(budget: RedisBudget, { command, start }: BoundedCall<T>): Promise<Outcome<T>> {
    if (!this.breaker.isClosed) return Promise.resolve(this.count(0, this.options.away()));
    const { remainingMs } = budget;
    if (remainingMs <= 0) return Promise.resolve(this.count(0, budgetSpent));
    const startedMs = performance.now();
    const operation = start();
    if (!operation) {
      this.breaker.failure();
      return Promise.resolve(this.count(0, this.options.away()));
    }
    budget.begin(startedMs);
    return new Promise((resolve) => {
      const finish = (outcome: Outcome<T>, nowMs: number): void => {
        budget.end(nowMs);
        if (outcome.status !== 'ok') this.options.onFailure(command, outcome);
        resolve(this.count(nowMs - startedMs, outcome));
      };
      const onExpired = (wasStalled: boolean): void => {
        // What had but the rest of a budget, or was held up by ourselves, says little about Redis; nor does what is
        // late while others, sent before it or after, were answered in time. A hung socket is found all the same.
        const isItsFault = !wasStalled && remainingMs >= budget.totalMs / 2 && this.answeredMs < startedMs;
        if (isItsFault) this.breaker.failure();
        finish(timedOut, performance.now());
      };
      const deadline = this.wheel.add(remainingMs, onExpired, startedMs);
      operation.then(
        (value) => {
          if (!deadline.settle()) {
            // Too late for its caller, but a sign that Redis answers again.
            this.breaker.probeSoon();
            return;
          }
          const nowMs = performance.now();
          this.answeredMs = nowMs;
          this.breaker.success(nowMs);
          finish(ok(value), nowMs);
        },
        (error: unknown) => {
          if (!deadline.settle()) return;
          const nowMs = performance.now();
          const outcome = toOutcome(error);
          // A replica serves reads: only its writes are refused.
          if (outcome.status === 'unavailable' && outcome.fault.code !== 'READONLY')
            this.breaker.failure(nowMs);
          else this.breaker.success(nowMs);
          finish(this.options.explain(outcome, nowMs), nowMs);
        },
      );
    });
  }

  private count<T>(durationMs: number, outcome: Outcome<T>): Outcome<T> {
    this.options.onOutcome(outcome.status, durationMs);
    return outcome;
  }
}
