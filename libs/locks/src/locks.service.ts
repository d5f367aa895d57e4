import { randomUUID } from 'node:crypto';
import { setTimeout as delay } from 'node:timers/promises';
import { Injectable } from '@nestjs/common';
import { LockHeldError, LockLostError, LockUnavailableError } from './locks.errors.js';
import { LocksRepository } from './locks.repository.js';

export const LOCK_TTL_MS = 30_000;
/** Maximum interval between two attempts to acquire a lock. */
const maxPollMs = 250;

/** A lock that the caller holds. */
export interface HeldLock {
  /**
   * Fencing token: higher than that of every earlier holder. Pass it to the storage that you write to, which must reject a
   * lower one than it has seen, because a holder that was paused may write after it has lost the lock.
   */
  readonly fence: number;
  /** Aborts with a LockLostError if the lock is lost, or with the caller's reason. The holder must stop at once. */
  readonly signal: AbortSignal;
}

export interface LockOptions {
  /** How long the lock remains held after its holder's process has ended. Default 30 s. */
  readonly ttlMs?: number;
  /** How long to wait while another owner holds the lock. Default 0. */
  readonly waitMs?: number;
  /** Aborts the wait, and the holder's signal. */
  readonly signal?: AbortSignal;
}

/**
 * Provides named locks across all processes of the fleet, on a single Redis (see
 * redis.io/docs/latest/develop/clients/patterns/distributed-locks). Locks avoid duplicate work but do not rule it out: Redis
 * may lose a lock in a failover, and a paused process may not notice that its lock has expired. To prevent duplicate writes,
 * the storage has to check the fencing token.
 */
@Injectable()
export class LocksService {
  constructor(private readonly repository: LocksRepository) {}

  /**
   * Runs `use` while holding the lock. The lock is extended until `use` settles, and then released.
   *
   * @throws LockHeldError if another owner holds it, LockUnavailableError if Redis is unavailable, LockLostError if it was
   * lost while `use` ran, and the errors of `use`
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
      // If that fails, the lock expires.
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
        // It may have been acquired. Releasing it spares others from waiting for its TTL.
        void this.repository.release(name, token);
        throw acquisition.refusal ?? new LockUnavailableError(name);
      }
      if (performance.now() >= endMs) throw new LockHeldError(name, acquisition.remainingMs);
      await delay(pollMs * (0.5 + Math.random() / 2), undefined, signal ? { signal } : {});
    }
  }

  /** Extends the lock after each quarter of its TTL. If no extension is confirmed, the lock counts as lost before it expires in Redis. */
  private keepExtending(name: string, token: string, ttlMs: number, lost: AbortController): NodeJS.Timeout {
    let confirmedMs = performance.now();
    const lose = (): void => {
      clearInterval(watch);
      lost.abort(new LockLostError(name));
    };
    const extend = async (): Promise<void> => {
      const startedMs = performance.now();
      const extended = await this.repository.extend(name, token, ttlMs);
      if (extended) confirmedMs = startedMs;
      else if (extended === false || performance.now() - confirmedMs > ttlMs * 0.7) lose();
    };
    const watch = setInterval(() => void extend(), ttlMs / 4);
    watch.unref();
    return watch;
  }
}
