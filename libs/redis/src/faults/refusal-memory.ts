import type { RedisBreaker } from '../breaker/redis-breaker.js';
import type { Outcome, RedisFault } from '../outcome.js';

/** A failure within this time after a refusal is attributed to it. */
const refusalMs = 1000;

/**
 * Remembers why a server that replies refused to serve, such as LOADING. The connection that is closed for it, or the breaker
 * that it opens, then reports that cause instead of "closed".
 */
export class RefusalMemory {
  private last: { readonly fault: RedisFault; readonly atMs: number } | undefined;

  constructor(
    private readonly breaker: RedisBreaker,
    private readonly isConnected: () => boolean,
  ) {}

  /** Returns the refusal that explains failures at this time, if there is one. */
  recent(nowMs = performance.now()): RedisFault | undefined {
    if (!this.last) return undefined;
    const { fault, atMs } = this.last;
    if (nowMs - atMs < refusalMs) return fault;
    const openedMs = nowMs - this.breaker.openForMs;
    const hasOpenedBreaker = !this.breaker.isClosed && atMs > openedMs - refusalMs;
    return hasOpenedBreaker && this.isConnected() ? fault : undefined;
  }

  /** Notes a refusal. Returns the outcome of a closed connection with the refusal as its cause, and any other as it is. */
  explain(outcome: Outcome<never>, nowMs: number): Outcome<never> {
    if (outcome.status !== 'unavailable') return outcome;
    if (outcome.fault.kind === 'not-serving') this.last = { fault: outcome.fault, atMs: nowMs };
    if (outcome.fault.code !== 'CLOSED') return outcome;
    const fault = this.recent(nowMs);
    return fault ? { ...outcome, fault } : outcome;
  }
}
