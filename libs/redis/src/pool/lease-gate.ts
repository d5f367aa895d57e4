import { PoolExhaustedError } from './pool.errors.js';

export interface LeaseGateOptions {
  readonly target: string;
  /** Maximum number of leases held at a time. */
  readonly maxLeases: number;
  /** What to do about exhaustion, for the error message. */
  readonly remedy: string;
  /** Called when a caller that had to wait was admitted or refused. */
  readonly onWait: (waitMs: number) => void;
}

/** Admits a limited number of callers at a time, in order of arrival. The others wait, each for a limited time. */
export class LeaseGate {
  private leases = 0;
  private refusals = 0;
  private readonly waiters: { readonly admit: () => void }[] = [];

  constructor(private readonly options: LeaseGateOptions) {}

  get held(): number {
    return this.leases;
  }

  get waiting(): number {
    return this.waiters.length;
  }

  /** The number of callers that were refused. */
  get exhausted(): number {
    return this.refusals;
  }

  /** Waits for a lease, which `release` returns. @throws PoolExhaustedError if none becomes free within `waitMs` */
  acquire(waitMs: number): Promise<void> {
    const { target, maxLeases, remedy, onWait } = this.options;
    if (this.leases < maxLeases) {
      this.leases++;
      return Promise.resolve();
    }
    const startedMs = performance.now();
    return new Promise((resolve, reject) => {
      const waiter = {
        admit: () => {
          clearTimeout(timer);
          this.leases++;
          onWait(performance.now() - startedMs);
          resolve();
        },
      };
      const timer = setTimeout(() => {
        this.waiters.splice(this.waiters.indexOf(waiter), 1);
        this.refusals++;
        onWait(waitMs);
        reject(new PoolExhaustedError(target, maxLeases, waitMs, remedy));
      }, waitMs);
      this.waiters.push(waiter);
    });
  }

  release(): void {
    this.leases--;
    this.waiters.shift()?.admit();
  }
}
