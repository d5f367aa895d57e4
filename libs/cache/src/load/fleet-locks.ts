import { randomUUID } from 'node:crypto';
import { Injectable } from '@nestjs/common';
import { InjectRedis, loadScript, type RedisBudget, RedisClient, releaseLock } from '@app/redis';

const takeLock = loadScript('take-lock-1', new URL('./scripts/take-lock-1.lua', import.meta.url));

/** A holder renews its locks while it loads. If it dies, they expire after this time. */
const lockMs = 2_000;

interface Keyed {
  readonly key: string;
}

/** The locks of a load, by who holds them. */
export interface FleetLease<L extends Keyed> {
  /** Lookups whose lock this process holds. */
  readonly held: readonly L[];
  /** Lookups whose lock another process holds. */
  readonly taken: readonly L[];
  /** Lookups whose lock state is unknown, because Redis did not reply. */
  readonly unconfirmed: readonly L[];
  /** Renews the locks for as long as the load may take. */
  keep(loadTimeoutMs: number): void;
  /** Releases the locks without waiting for Redis. If that fails, they expire. */
  release(): void;
}

/**
 * One lock for each key that is being loaded, `{env}:lock:{key}`, shared by all processes. They make loading efficient,
 * not correct: without Redis, or after a lock has expired, two processes may load the same key.
 */
@Injectable()
export class FleetLocks {
  constructor(@InjectRedis('cache') private readonly redis: RedisClient) {
    for (const script of [takeLock, releaseLock]) redis.register(script);
  }

  /** Takes the locks of these lookups. */
  async acquire<L extends Keyed>(budget: RedisBudget, lookups: readonly L[]): Promise<FleetLease<L>> {
    const token = randomUUID();
    const groups: { held: L[]; taken: L[]; unconfirmed: L[] } = { held: [], taken: [], unconfirmed: [] };
    const outcome = await this.take(budget, lookups, token);
    lookups.forEach((lookup, index) => {
      const reply = outcome.status === 'ok' ? outcome.value[index] : undefined;
      if (reply?.status !== 'ok') groups.unconfirmed.push(lookup);
      else if (reply.value === 1) groups.held.push(lookup);
      else groups.taken.push(lookup);
    });
    const ours = [...groups.held, ...groups.unconfirmed];
    let renewal: NodeJS.Timeout | undefined;
    return {
      ...groups,
      keep: (loadTimeoutMs) => {
        const endMs = performance.now() + loadTimeoutMs;
        renewal = setInterval(() => {
          // All callers have timed out: let another process try.
          if (performance.now() > endMs) clearInterval(renewal);
          else void this.take(this.redis.newBudget(), ours, token);
        }, lockMs / 3);
        renewal.unref();
      },
      release: () => {
        clearInterval(renewal);
        void this.redis.runMany(this.redis.newBudget(), releaseLock, this.calls(ours, [token]));
      },
    };
  }

  /** Takes free locks, and renews those that the token holds. */
  private take(budget: RedisBudget, lookups: readonly Keyed[], token: string) {
    return this.redis.runMany(budget, takeLock, this.calls(lookups, [token, lockMs]));
  }

  private calls(lookups: readonly Keyed[], args: readonly (string | number)[]) {
    return lookups.map(({ key }) => ({ keys: [this.redis.keys.key('lock', key)], args }));
  }
}
