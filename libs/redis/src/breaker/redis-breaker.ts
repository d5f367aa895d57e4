export type BreakerState = 'closed' | 'open' | 'half-open';

export interface BreakerOptions {
  /** Asks Redis whether it answers again. Never rejects. */
  readonly probe: () => Promise<boolean>;
  /** Called once a change, with what caused it. */
  readonly onChange: (state: BreakerState, reason: string) => void;
}

/** Of one window: fewer failures than this say nothing yet. */
const minFailures = 5;
const failureShare = 0.5;
/** Without a success in between they outweigh any number before: a busy Redis that freezes is known after one budget. */
const failuresInARow = 10;
const windowMs = 500;
const firstProbeAfterMs = 100;
const maxProbeIntervalMs = 1000;

interface Window {
  readonly startedMs: number;
  successes: number;
  failures: number;
}

/**
 * One per Redis target, shared by every feature of the process. It opens when, over the last half to one second,
 * at least five calls failed and they were at least half of all, at ten failures in a row, or at once when the
 * connection is lost. While it is
 * open no request waits for Redis; a probe of its own (half-open) tells when to close again.
 */
export class RedisBreaker {
  private current: BreakerState = 'closed';
  private window: Window = newWindow();
  private previous: Window = newWindow();
  private inARow = 0;
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

  /** For how long it has been open, half-open included; 0 while it is closed. */
  get openForMs(): number {
    return this.current === 'closed' ? 0 : performance.now() - this.openedMs;
  }

  /** @param nowMs by `performance.now()`, where the caller knows it */
  success(nowMs = performance.now()): void {
    this.roll(nowMs);
    this.inARow = 0;
    this.window.successes++;
  }

  failure(nowMs = performance.now()): void {
    this.roll(nowMs);
    this.window.failures++;
    this.inARow++;
    if (this.current !== 'closed') return;
    const failures = this.window.failures + this.previous.failures;
    const calls = failures + this.window.successes + this.previous.successes;
    const isAboveThreshold = failures >= minFailures && failures >= failureShare * calls;
    if (isAboveThreshold || this.inARow >= failuresInARow) this.trip(`${failures} of ${calls} calls failed`);
  }

  /** Opens at once: the connection is known to be lost. */
  trip(reason: string): void {
    if (this.current !== 'closed') return;
    this.failedProbes = 0;
    this.openedMs = performance.now();
    this.change('open', reason);
    this.probeLater();
  }

  /** Probes now rather than when the interval is over: a connection has become ready, or a late reply has come. */
  probeSoon(): void {
    if (this.current !== 'open') return;
    clearTimeout(this.timer);
    void this.probe();
  }

  /** Ends its timer. */
  dispose(): void {
    clearTimeout(this.timer);
    this.current = 'open';
  }

  private async probe(): Promise<void> {
    this.current = 'half-open';
    const answers = await this.options.probe();
    if (this.current !== 'half-open') return;
    if (answers) {
      this.window = newWindow();
      this.previous = newWindow();
      this.inARow = 0;
      this.change('closed', 'a probe was answered');
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
