export type BreakerState = 'closed' | 'open' | 'half-open';

export interface BreakerOptions {
  /** Checks whether Redis replies again. Never rejects. */
  readonly probe: () => Promise<boolean>;
  /** Called once per change, with its cause. */
  readonly onChange: (state: BreakerState, reason: string) => void;
}

/** Fewer failures than this in a window do not open the breaker. */
const minFailures = 5;
const minFailureShare = 0.5;
/** This many consecutive failures open it, regardless of earlier successes: a busy Redis that freezes is detected after one budget. */
const maxConsecutiveFailures = 10;
const windowMs = 500;
const firstProbeAfterMs = 100;
const maxProbeIntervalMs = 1000;

interface Window {
  readonly startedMs: number;
  successes: number;
  failures: number;
}

/**
 * The circuit breaker of one target, shared by all features of the process. It opens when at least five calls, and at least
 * half of all, failed in the last 500 to 1000 ms, after ten consecutive failures, or at once when the connection is lost.
 * While it is open, no request waits for Redis. It closes when its own probe succeeds (half-open).
 */
export class RedisBreaker {
  private current: BreakerState = 'closed';
  private window: Window = newWindow();
  private previous: Window = newWindow();
  private consecutiveFailures = 0;
  private failedProbes = 0;
  private openedMs = 0;
  private timer: NodeJS.Timeout | undefined;

  constructor(private readonly options: BreakerOptions) {}

  get state(): BreakerState {
    return this.current;
  }

  get isClosed(): boolean {
    return this.current === 'closed';
  }

  /** How long it has been open, including half-open; 0 while it is closed. */
  get openForMs(): number {
    return this.current === 'closed' ? 0 : performance.now() - this.openedMs;
  }

  /** Records a call that succeeded. @param nowMs from `performance.now()`, if the caller has read it */
  success(nowMs = performance.now()): void {
    this.roll(nowMs);
    this.consecutiveFailures = 0;
    this.window.successes++;
  }

  /** Records a call that failed. */
  failure(nowMs = performance.now()): void {
    this.roll(nowMs);
    this.window.failures++;
    this.consecutiveFailures++;
    if (this.current !== 'closed') return;
    const failures = this.window.failures + this.previous.failures;
    const calls = failures + this.window.successes + this.previous.successes;
    const isAboveThreshold = failures >= minFailures && failures >= minFailureShare * calls;
    if (isAboveThreshold || this.consecutiveFailures >= maxConsecutiveFailures)
      this.trip(`${failures} of ${calls} calls failed`);
  }

  /** Opens at once, because the connection was lost. */
  trip(reason: string): void {
    if (this.current !== 'closed') return;
    this.failedProbes = 0;
    this.openedMs = performance.now();
    this.change('open', reason);
    this.probeLater();
  }

  /** Probes at once instead of at the end of the interval, after a connection became ready or a late reply arrived. */
  probeSoon(): void {
    if (this.current !== 'open') return;
    clearTimeout(this.timer);
    void this.probe();
  }

  /** Stops probing. */
  dispose(): void {
    clearTimeout(this.timer);
    this.current = 'open';
  }

  private async probe(): Promise<void> {
    this.current = 'half-open';
    const isAvailable = await this.options.probe();
    if (this.current !== 'half-open') return;
    if (isAvailable) {
      this.window = newWindow();
      this.previous = newWindow();
      this.consecutiveFailures = 0;
      this.change('closed', 'a probe succeeded');
    } else {
      this.failedProbes++;
      this.current = 'open';
      this.probeLater();
    }
  }

  private probeLater(): void {
    const intervalMs = Math.min(firstProbeAfterMs * 2 ** this.failedProbes, maxProbeIntervalMs);
    this.timer = setTimeout(() => void this.probe(), intervalMs * (0.8 + 0.4 * Math.random()));
    this.timer.unref();
  }

  private change(state: BreakerState, reason: string): void {
    this.current = state;
    this.options.onChange(state, reason);
  }

  private roll(nowMs: number): void {
    const ageMs = nowMs - this.window.startedMs;
    if (ageMs < windowMs) return;
    this.previous = ageMs < 2 * windowMs ? this.window : newWindow();
    this.window = newWindow();
  }
}

const newWindow = (): Window => ({ startedMs: performance.now(), successes: 0, failures: 0 });
