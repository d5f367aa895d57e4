import { Injectable } from '@nestjs/common';
import {
  InjectRedis,
  loadScript,
  RedisClient,
  refusalOf,
  type RedisRefusalError,
  releaseLock,
  shared,
} from '@app/redis';

const acquire = loadScript('acquire-2', new URL('./scripts/acquire-2.lua', import.meta.url));
const extend = loadScript('extend-1', new URL('./scripts/extend-1.lua', import.meta.url));

export type Acquisition =
  | { readonly state: 'acquired'; readonly fence: number }
  | { readonly state: 'held'; readonly remainingMs: number }
  /** Without a reply, the lock may have been acquired. After a refusal, it was not. */
  | { readonly state: 'unknown'; readonly refusal: RedisRefusalError | undefined };

/** Stores locks: `{env}:lock:{name}` with the owner's token, and `{env}:lock:{name}:fence`, the counter of fencing tokens. */
@Injectable()
export class LocksRepository {
  /** Uses the sessions target, because a lock must not be evicted. */
  constructor(@InjectRedis('sessions') private readonly redis: RedisClient) {
    for (const script of [acquire, extend, releaseLock]) redis.register(script);
  }

  /** Acquires a free lock. */
  async acquire(name: string, token: string, ttlMs: number): Promise<Acquisition> {
    const { keys } = this.redis;
    const outcome = await this.redis.run(this.redis.newBudget(), acquire, {
      keys: [this.key(name), keys.key('lock', shared(name), 'fence')],
      args: [token, ttlMs],
    });
    if (outcome.status !== 'ok') return { state: 'unknown', refusal: refusalOf(outcome, 'lock:*') };
    const [fence, remainingMs] = outcome.value as [number, number];
    return fence > 0
      ? { state: 'acquired', fence }
      : { state: 'held', remainingMs: Math.max(0, remainingMs) };
  }

  /** Extends a lock. Returns false if another owner holds it or it has expired, and undefined without a reply. */
  async extend(name: string, token: string, ttlMs: number): Promise<boolean | undefined> {
    const call = { keys: [this.key(name)], args: [token, ttlMs] };
    const outcome = await this.redis.run(this.redis.newBudget(), extend, call);
    return outcome.status === 'ok' ? outcome.value === 1 : undefined;
  }

  /** Releases a lock. Returns false if another owner holds it or it has expired, and undefined without a reply. */
  async release(name: string, token: string): Promise<boolean | undefined> {
    const call = { keys: [this.key(name)], args: [token] };
    const outcome = await this.redis.run(this.redis.newBudget(), releaseLock, call);
    return outcome.status === 'ok' ? outcome.value === 1 : undefined;
  }

  private key(name: string): string {
    return this.redis.keys.key('lock', shared(name));
  }
}
