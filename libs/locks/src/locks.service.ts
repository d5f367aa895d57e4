import { randomUUID } from 'node:crypto';
import { setTimeout as delay } from 'node:timers/promises';
import { Injectable } from '@nestjs/common';
import { LockHeldError, LockLostError, LockUnavailableError } from './locks.errors.js';
import { LocksRepository } from './locks.repository.js';

export const LOCK_TTL_MS = 30_000;
/** How often a waiter looks at the longest. */
const maxPollMs = 250;

/** What the holder of a lock knows. */
export interface HeldLock {
  /**
   * Higher than every holder's before. Hand it to whatever you write to, and have that refuse a lower one than it has
   * seen: a holder that was paused may act after its lock is another's.
   */
  readonly fence: number;
  /** Aborts with a LockLostError when the lock is lost, or with the caller's reason: stop at once. */
  readonly signal: AbortSignal;
}

export interface LockOptions {
  /** The lock outlives its holder's death by so long. Default 30 s. */
  readonly ttlMs?: number;
  /** How long to wait while it is another's. Default 0. */
  readonly waitMs?: number;
  /** Stops waiting, and is passed on to the holder. */
  readonly signal?: AbortSignal;
}

/**
 * Named locks over all processes of the fleet (redis.io/docs/latest/develop/clients/patterns/distributed-locks, on
 * one Redis). They keep work from being done twice. They do not promise that it never is: Redis may lose a lock in a
 * failover, and a paused process may not notice that its own has expired. What must not happen twice is guarded by the
 * fencing number, at the place where it is written.
 */
@Injectable()
export class LocksService {
  constructor(private readonly repository: LocksRepository) {}

  /**
   * Runs `use` while holding the lock, which is extended as long as that takes and released after it.
   *
   * @throws LockHeldError when it is another's, LockUnavailableError when Redis is away, LockLostError when it was lost
   * while `use` ran, and what `use` throws
   */
  async withLock<T>(
    name: string,
    use: (lock: HeldLock) => Promise<T>,
    { ttlMs = LOCK_TTL_MS, waitMs = 0, signal }: LockOptions = {},
  ): Promise<T> {
    if (!(ttlMs >= 100)) throw new RangeError(`ttlMs must be at least 100, not ${ttlMs}`);
    const token = randomUUID();
    const startedMs = performance.now();
    const fence = await this.acquire(name, token, ttlMs, startedMs + waitMs, signal);
    const lost = new AbortController();
    const watch = this.keepExtending(name, token, ttlMs, lost);
    try {
      const lock = { fence, signal: signal ? AbortSignal.any([signal, lost.signal]) : lost.signal };
      const result = await use(lock);
      if (lost.signal.aborted) throw lost.signal.reason;
      return result;
    } finally {
      clearInterval(watch);
      // When it fails the lock expires.
      if (!lost.signal.aborted) await this.repository.release(name, token);
    }
  }

  private async acquire(
    name: string,
    token: string,
    ttlMs: number,
    endMs: number,
    signal: AbortSignal | undefined,
  ): Promise<number> {
    for (let pollMs = 10; ; pollMs = Math.min(pollMs * 2, maxPollMs)) {
      signal?.throwIfAborted();
      const acquisition = await this.repository.acquire(name, token, ttlMs);
      if (acquisition.state === 'acquired') return acquisition.fence;
      if (acquisition.state === 'unknown') {
        // It may be ours without our knowing: let nobody wait for that.
        void this.repository.release(name, token);
        throw acquisition.refusal ?? new LockUnavailableError(name);
      }
      if (performance.now() >= endMs) throw new LockHeldError(name, acquisition.remainingMs);
      await delay(pollMs * (0.5 + Math.random() / 2), undefined, signal ? { signal } : {});
    }
  }

  /** Three tries within a TTL. When none is confirmed we let go by our own clock, before Redis does. */
  private keepExtending(name: string, token: string, ttlMs: number, lost: AbortController): NodeJS.Timeout {
    let confirmedMs = performance.now();
    const lose = (): void => {
      clearInterval(watch);
      lost.abort(new LockLostError(name));
    };
    const extend = async (): Promise<void> => {
      const askedMs = performance.now();
      const extended = await this.repository.extend(name, token, ttlMs);
      if (extended) confirmedMs = askedMs;
      else if (extended === false || performance.now() - confirmedMs > ttlMs * 0.7) lose();
    };
    const watch = setInterval(() => void extend(), ttlMs / 4);
    watch.unref();
    return watch;
  }
}
