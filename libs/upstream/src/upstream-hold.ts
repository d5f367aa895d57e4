import { setTimeout as delay } from 'node:timers/promises';

/** Remembers how long an upstream asked not to be called (RFC 9110, section 10.2.3), for every caller in the process. */
export class UpstreamHold {
  private untilMs = 0;

  /** Milliseconds that are left; 0 when the upstream may be called. */
  get remainingMs(): number {
    return Math.max(0, this.untilMs - performance.now());
  }

  /** Holds calls back for this long. A shorter wait than the one that is left changes nothing. */
  extend(forMs: number): void {
    this.untilMs = Math.max(this.untilMs, performance.now() + forMs);
  }

  /** Resolves a little after the end of what is left now. */
  async wait(marginMs: number): Promise<void> {
    const { remainingMs } = this;
    if (remainingMs > 0) await delay(remainingMs + marginMs);
  }
}
