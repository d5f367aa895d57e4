import { randomUUID } from 'node:crypto';
import { Injectable } from '@nestjs/common';
import {
  InjectRedis,
  loadScript,
  type Outcome,
  type RedisBudget,
  RedisClient,
  releaseLock,
} from '@app/redis';
import type { Namespace } from './namespace.js';

const keepFirst = loadScript('keep-first-1', new URL('./scripts/keep-first-1.lua', import.meta.url));
const takeLock = loadScript('take-lock-1', new URL('./scripts/take-lock-1.lua', import.meta.url));
const increment = loadScript('increment-1', new URL('./scripts/increment-1.lua', import.meta.url));

/** Keys a round trip: 800 kB of vectors, and larger replies would hold up whatever shares the connection. */
const keysPerRoundTrip = 128;
const negative = Buffer.alloc(0);

/** What Redis says of a key. */
export type Reading<T> =
  | { readonly state: 'found'; readonly value: T; readonly bytes: number; readonly ttlMs: number }
  | { readonly state: 'negative'; readonly ttlMs: number }
  | { readonly state: 'missing' }
  | { readonly state: 'broken' }
  | { readonly state: 'unknown' }; // Redis did not answer

export interface Write<T> {
  readonly key: string;
  /** Undefined: known to be absent. */
  readonly value: T | undefined;
  /** Whatever is there is broken or old: replace it, also where the first write wins. */
  readonly replace: boolean;
  /** Instead of the namespace's. */
  readonly freshMs?: number | undefined;
}

/** A write with its value's bytes. */
interface EncodedWrite {
  readonly key: string;
  readonly bytes: Buffer;
  readonly lifeMs: number;
  readonly replace: boolean;
}

/** `kept`: another's value of the same length was there first. `too-large`: nothing was sent to Redis. */
export type Stored = 'stored' | 'kept' | 'too-large' | 'failed';

/** Cached values, locks and counters in Redis. */
@Injectable()
export class CacheRepository {
  constructor(@InjectRedis('cache') readonly redis: RedisClient) {
    for (const known of [keepFirst, takeLock, releaseLock, increment]) redis.register(known);
  }

  /** One reading a key, in order. The first part of a batch that is not answered ends it. */
  async readMany<T>(
    budget: RedisBudget,
    namespace: Namespace<T>,
    keys: readonly string[],
  ): Promise<Reading<T>[]> {
    const readings: Reading<T>[] = [];
    for (let start = 0; start < keys.length; start += keysPerRoundTrip) {
      const part = keys.slice(start, start + keysPerRoundTrip);
      const values = await this.read(budget, namespace, part);
      if (!values) break;
      if (values.length === keys.length) return values;
      for (const value of values) readings.push(value);
      if (part.length === keysPerRoundTrip) budget.renew();
    }
    while (readings.length < keys.length) readings.push({ state: 'unknown' });
    return readings;
  }

  /**
   * Stores each entry for its life, stale time included, unless its value is larger than `maxValueBytes`. Returns one
   * result a write, in order.
   */
  async writeMany<T>(
    budget: RedisBudget,
    namespace: Namespace<T>,
    writes: readonly Write<T>[],
    maxValueBytes = Infinity,
  ): Promise<Stored[]> {
    const stored: Stored[] = [];
    for (let start = 0; start < writes.length; start += keysPerRoundTrip) {
      const part = writes
        .slice(start, start + keysPerRoundTrip)
        .map((write) => encodeWrite(namespace, write));
      const fitting = part.filter(({ bytes }) => bytes.length <= maxValueBytes);
      const outcomes = fitting.length > 0 ? await this.write(budget, namespace, fitting) : [];
      const results = outcomes.map(toStored);
      for (const { bytes } of part)
        stored.push(bytes.length > maxValueBytes ? 'too-large' : (results.shift() ?? 'failed'));
      if (outcomes.some(({ status }) => status !== 'ok')) break;
      if (part.length === keysPerRoundTrip) budget.renew();
    }
    while (stored.length < writes.length) stored.push('failed');
    return stored;
  }

  /** Takes or extends the locks of these keys. One answer a key: ours, another's, or undefined where Redis was silent. */
  async lockMany(
    budget: RedisBudget,
    keys: readonly string[],
    token: string,
    ttlMs: number,
  ): Promise<(boolean | undefined)[]> {
    const calls = keys.map((key) => ({ keys: [this.lockKey(key)], args: [token, ttlMs] }));
    const outcome = await this.redis.runMany(budget, takeLock, calls);
    if (outcome.status !== 'ok') return keys.map(() => undefined);
    return outcome.value.map((reply) => (reply.status === 'ok' ? reply.value === 1 : undefined));
  }

  async unlockMany(budget: RedisBudget, keys: readonly string[], token: string): Promise<void> {
    await this.redis.runMany(
      budget,
      releaseLock,
      keys.map((key) => ({ keys: [this.lockKey(key)], args: [token] })),
    );
  }

  newToken(): string {
    return randomUUID();
  }

  async incrementBy(
    budget: RedisBudget,
    key: string,
    amount: number,
    ttlMs: number,
  ): Promise<Outcome<unknown>> {
    return this.redis.run(budget, increment, { keys: [key], args: [amount, ttlMs] });
  }

  private lockKey(key: string): string {
    return this.redis.keys.key('lock', key);
  }

  private async read<T>(
    budget: RedisBudget,
    namespace: Namespace<T>,
    keys: readonly string[],
  ): Promise<Reading<T>[] | undefined> {
    if (namespace.needsTtl) {
      const outcome = await this.redis.getManyWithTtl(budget, keys);
      if (outcome.status !== 'ok') return undefined;
      return outcome.value.map((entry, index) =>
        toReading(namespace, keys[index] as string, entry && entry.bytes, entry?.ttlMs ?? Infinity),
      );
    }
    if (keys.length === 1) {
      const outcome = await this.redis.get(budget, keys[0] as string);
      if (outcome.status === 'miss') return [{ state: 'missing' }];
      // Another program's: what is stored next replaces it. MGET calls such a key missing.
      if (isWrongType(outcome)) return [{ state: 'broken' }];
      return outcome.status === 'ok'
        ? [toReading(namespace, keys[0] as string, outcome.value, Infinity)]
        : undefined;
    }
    const outcome = await this.redis.getMany(budget, keys);
    if (outcome.status !== 'ok') return undefined;
    return outcome.value.map((bytes, index) => toReading(namespace, keys[index] as string, bytes, Infinity));
  }

  private async write<T>(
    budget: RedisBudget,
    namespace: Namespace<T>,
    writes: readonly EncodedWrite[],
  ): Promise<Outcome<unknown>[]> {
    if (!namespace.firstWriteWins) {
      return this.redis.setMany(
        budget,
        writes.map(({ key, bytes, lifeMs: ttlMs }) => ({ key, bytes, ttlMs })),
      );
    }
    const calls = writes.map(({ key, bytes, lifeMs: ttlMs, replace }) => ({
      keys: [key],
      args: [bytes, ttlMs, replace ? '1' : '0'],
    }));
    const outcome = await this.redis.runMany(budget, keepFirst, calls);
    return outcome.status === 'ok' ? outcome.value : writes.map(() => outcome);
  }
}

function toReading<T>(
  namespace: Namespace<T>,
  key: string,
  bytes: Buffer | null | undefined,
  ttlMs: number,
): Reading<T> {
  if (bytes === undefined) return { state: 'unknown' };
  if (bytes === null) return { state: 'missing' };
  if (bytes.length === 0 && namespace.negativeMs > 0) return { state: 'negative', ttlMs };
  const value = namespace.codec.decode(bytes, key);
  if (value === undefined) return { state: 'broken' };
  return { state: 'found', value, bytes: bytes.length, ttlMs: ttlMs - namespace.staleMs };
}

const isWrongType = (outcome: Outcome<unknown>): boolean =>
  outcome.status === 'error' && outcome.fault.code === 'WRONGTYPE';

const toStored = (outcome: Outcome<unknown>): Stored =>
  outcome.status !== 'ok' ? 'failed' : outcome.value === 0 ? 'kept' : 'stored';

const encodeWrite = <T>(namespace: Namespace<T>, write: Write<T>): EncodedWrite => ({
  key: write.key,
  bytes: encode(namespace, write.value),
  lifeMs: lifeMs(namespace, write),
  replace: write.replace,
});

const encode = <T>({ codec }: Namespace<T>, value: T | undefined): Buffer =>
  value === undefined ? negative : codec.encode(value);

/** Jitter only shortens: nothing lives longer than it was promised. */
function lifeMs<T>(namespace: Namespace<T>, { value, freshMs = namespace.freshMs }: Write<T>): number {
  if (value === undefined) return namespace.negativeMs;
  return Math.round(freshMs * (1 - namespace.jitter * Math.random()) + namespace.staleMs);
}
