import type { Outcome } from '../outcome.js';

/** Receives what happens to the calls of one target. */
export interface CallObserver {
  /** Returns the outcome of a call that is not sent because Redis is unavailable. */
  unavailable(): Outcome<never>;
  /** Returns the outcome with its known cause, such as the refusal after which the connection was closed. */
  explain(outcome: Outcome<never>, nowMs: number): Outcome<never>;
  /** A call that was sent has failed. */
  failed(command: string, outcome: Outcome<unknown>): void;
  /** A call has ended, whether it was sent or not. */
  ended(status: Outcome<unknown>['status'], durationMs: number): void;
}
