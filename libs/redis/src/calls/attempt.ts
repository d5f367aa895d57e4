import type { RedisBreaker } from '../breaker/redis-breaker.js';
import type { RaceHandlers } from '../budget/deadline-wheel.js';
import type { RedisBudget } from '../budget/redis-budget.js';
import { toOutcome } from '../connection/redis.errors.js';
import { ok, type Outcome } from '../outcome.js';
import type { CallObserver } from './call-observer.js';

/** What the attempts of one target share. */
export interface AttemptContext {
  readonly breaker: RedisBreaker;
  readonly observer: CallObserver;
  /** When an attempt last got its reply in time. */
  lastReplyMs: number;
}

const timedOut: Outcome<never> = { status: 'timeout', mayHaveRun: true };

/** A call that was sent. Its end is charged to the budget and reported to the breaker and the observer. */
export class Attempt<T> implements RaceHandlers<T, Outcome<T>> {
  constructor(
    private readonly context: AttemptContext,
    private readonly command: string,
    private readonly budget: RedisBudget,
    private readonly timeoutMs: number,
    private readonly startedMs: number,
  ) {}

  onValue(value: T): Outcome<T> {
    const nowMs = performance.now();
    this.context.lastReplyMs = nowMs;
    this.context.breaker.success(nowMs);
    // Only a stalled event loop lets a reply arrive after its deadline. Redis is available, so the stall is not charged.
    if (nowMs - this.startedMs > this.timeoutMs) this.budget.renew();
    return this.end(ok(value), nowMs);
  }

  onError(error: unknown): Outcome<T> {
    const { breaker, observer } = this.context;
    const nowMs = performance.now();
    const outcome = toOutcome(error);
    // A read-only replica refuses only writes: it still serves reads.
    const isFailure = outcome.status === 'unavailable' && outcome.fault.code !== 'READONLY';
    if (isFailure) breaker.failure(nowMs);
    else breaker.success(nowMs);
    return this.fail(observer.explain(outcome, nowMs), nowMs);
  }

  onExpired(wasStalled: boolean): Outcome<T> {
    // A stalled event loop, or a budget of which little was left, says little about Redis. Nor does a late reply while
    // calls that were sent at about the same time get theirs. `socketTimeout` finds a socket that hangs.
    const hasOthers = this.context.lastReplyMs >= this.startedMs;
    if (!wasStalled && this.timeoutMs >= this.budget.totalMs / 2 && !hasOthers)
      this.context.breaker.failure();
    return this.fail(timedOut, performance.now());
  }

  /** The reply is too late for its caller, but it shows that Redis replies again. */
  onLateValue(): void {
    this.context.breaker.probeSoon();
  }

  private fail(outcome: Outcome<never>, nowMs: number): Outcome<never> {
    this.context.observer.failed(this.command, outcome);
    return this.end(outcome, nowMs);
  }

  private end<O extends Outcome<T>>(outcome: O, nowMs: number): O {
    this.budget.end(nowMs);
    this.context.observer.ended(outcome.status, nowMs - this.startedMs);
    return outcome;
  }
}
