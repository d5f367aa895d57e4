import { Injectable } from '@nestjs/common';
import {
  InjectRedis,
  type InvalidationListener,
  loadScript,
  type Outcome,
  type RedisBudget,
  RedisClient,
} from '@app/redis';
import type { Lookup } from '../lookup.js';
import type { Namespace } from '../namespace.js';
import { asBroken, asMissing, asUnknown, encode, lifetimeMs, withDecoded } from './stored-value.js';
import type { StoreResult, Write, Written } from './write.js';

const setFirst = loadScript('set-first-1', new URL('./scripts/set-first-1.lua', import.meta.url));
const increment = loadScript('increment-1', new URL('./scripts/increment-1.lua', import.meta.url));

/** Keys per round trip: 800 kB of vectors. Larger replies would delay other commands on the same connection. */
const keysPerRoundTrip = 128;
/** Keys per deletion: they carry no values. */
const keysPerDeletion = 1_000;

/** A write with its value's bytes. */
interface EncodedWrite<I, T> {
  readonly write: Write<I, T>;
  readonly bytes: Buffer;
}

/** What Redis holds under a key, for inspection. */
export interface KeyInfo {
  readonly redisAnswered: boolean;
  readonly exists: boolean;
  readonly bytes: number | null;
  /** Null for no key, or a key without a TTL. */
  readonly ttlSeconds: number | null;
}

/** Reads and writes cached values in Redis. */
@Injectable()
export class CacheRepository {
  constructor(@InjectRedis('cache') private readonly redis: RedisClient) {
    for (const script of [setFirst, increment]) redis.register(script);
  }

  /** Whether Redis is believed to be reachable. */
  get isAvailable(): boolean {
    return this.redis.status.breaker === 'closed';
  }

  /** Whether changes of tracked keys are being received. */
  get isTracking(): boolean {
    return this.redis.isTracking;
  }

  newBudget(): RedisBudget {
    return this.redis.newBudget();
  }

  key<I>(namespace: Namespace<I, unknown>, input: I): string {
    return namespace.key(this.redis.keys, input);
  }

  /** Returns each lookup with its reading. The first part of a batch that Redis does not answer ends the batch. */
  async read<I, T>(
    budget: RedisBudget,
    namespace: Namespace<I, T>,
    lookups: readonly Lookup<I, T>[],
  ): Promise<Lookup<I, T>[]> {
    if (lookups.length <= keysPerRoundTrip) return this.readPart(budget, namespace, lookups);
    const read: Lookup<I, T>[] = [];
    for (let start = 0; start < lookups.length; start += keysPerRoundTrip) {
      const part = await this.readPart(budget, namespace, lookups.slice(start, start + keysPerRoundTrip));
      for (const lookup of part) read.push(lookup);
      if (part.every(({ reading }) => reading.state === 'unknown')) break;
      // Redis is alive, and a large batch is not an outage.
      if (part.length === keysPerRoundTrip) budget.renew();
    }
    for (const lookup of lookups.slice(read.length)) read.push(asUnknown(lookup));
    return read;
  }

  /** Stores each value for its lifetime, unless it has more than `maxValueBytes`. Returns each write with its result. */
  async write<I, T>(
    budget: RedisBudget,
    namespace: Namespace<I, T>,
    writes: readonly Write<I, T>[],
    maxValueBytes = Infinity,
  ): Promise<Written<I, T>[]> {
    const written: Written<I, T>[] = [];
    for (let start = 0; start < writes.length; start += keysPerRoundTrip) {
      const encoded = writes
        .slice(start, start + keysPerRoundTrip)
        .map((write) => ({ write, bytes: encode(namespace, write) }));
      const fitting: EncodedWrite<I, T>[] = [];
      for (const each of encoded) {
        if (each.bytes.length <= maxValueBytes) fitting.push(each);
        else written.push({ ...each.write, result: 'too-large' });
      }
      const results = fitting.length > 0 ? await this.writePart(budget, namespace, fitting) : [];
      for (const each of results) written.push(each);
      if (results.some(({ result }) => result === 'failed')) break;
      if (encoded.length === keysPerRoundTrip) budget.renew();
    }
    for (const write of writes.slice(written.length)) written.push({ ...write, result: 'failed' });
    return written;
  }

  /** Deletes keys and returns how many existed. */
  async delete(budget: RedisBudget, keys: readonly string[]): Promise<Outcome<number>> {
    let deleted = 0;
    for (let start = 0; start < keys.length; start += keysPerDeletion) {
      if (start > 0) budget.renew();
      const outcome = await this.redis.delete(budget, keys.slice(start, start + keysPerDeletion));
      if (outcome.status !== 'ok') return outcome;
      deleted += outcome.value;
    }
    return { status: 'ok', value: deleted };
  }

  /** Returns false if there is no such key, or Redis does not answer. */
  async exists(budget: RedisBudget, key: string): Promise<boolean> {
    const outcome = await this.redis.command(budget, 'EXISTS', key);
    return outcome.status === 'ok' && outcome.value === 1;
  }

  /** Sets a key's TTL. Returns false if there is no such key, or Redis does not answer. */
  async expire(budget: RedisBudget, key: string, ttlMs: number): Promise<boolean> {
    const outcome = await this.redis.command(budget, 'PEXPIRE', key, ttlMs);
    return outcome.status === 'ok' && outcome.value === 1;
  }

  /** Returns the TTL that a key has left: Infinity without a TTL, null if there is no key or Redis does not answer. */
  async ttlMs(budget: RedisBudget, key: string): Promise<number | null> {
    const outcome = await this.redis.command(budget, 'PTTL', key);
    if (outcome.status !== 'ok' || outcome.value === -2) return null;
    return outcome.value === -1 ? Infinity : Number(outcome.value);
  }

  /** Adds to a counter. A counter without a TTL gets this one. */
  increment(budget: RedisBudget, key: string, amount: number, ttlMs: number): Promise<Outcome<unknown>> {
    return this.redis.run(budget, increment, { keys: [key], args: [amount, ttlMs] });
  }

  async inspect(budget: RedisBudget, key: string): Promise<KeyInfo> {
    const [size, ttl] = await Promise.all([
      this.redis.command(budget, 'STRLEN', key),
      this.redis.command(budget, 'PTTL', key),
    ]);
    const exists = ttl.status === 'ok' && ttl.value !== -2;
    return {
      redisAnswered: ttl.status === 'ok',
      exists,
      bytes: exists && size.status === 'ok' ? Number(size.value) : null,
      ttlSeconds: exists && ttl.value !== -1 ? Number(ttl.value) / 1000 : null,
    };
  }

  /** Notifies the listener of changes of all keys that begin with one of these parts. */
  track(firstParts: readonly string[], listener: InvalidationListener): void {
    this.redis.track(
      firstParts.map((part) => `${this.redis.keys.environment}:${part}:`),
      listener,
    );
  }

  private async readPart<I, T>(
    budget: RedisBudget,
    namespace: Namespace<I, T>,
    lookups: readonly Lookup<I, T>[],
  ): Promise<Lookup<I, T>[]> {
    const [first] = lookups;
    if (!first) return [];
    const keys = lookups.map(({ key }) => key);
    if (namespace.needsTtl) {
      const outcome = await this.redis.getManyWithTtl(budget, keys);
      const entries = outcome.status === 'ok' ? outcome.value : [];
      return lookups.map((lookup, index) => {
        const entry = entries[index];
        return withDecoded(namespace, lookup, entry && entry.bytes, entry?.ttlMs);
      });
    }
    if (lookups.length === 1) {
      const outcome = await this.redis.get(budget, first.key);
      if (outcome.status === 'ok') return [withDecoded(namespace, first, outcome.value)];
      if (outcome.status === 'miss') return [asMissing(first)];
      // The next write replaces a key of another type. MGET reports such a key as missing.
      return [isWrongType(outcome) ? asBroken(first) : asUnknown(first)];
    }
    const outcome = await this.redis.getMany(budget, keys);
    const values = outcome.status === 'ok' ? outcome.value : [];
    return lookups.map((lookup, index) => withDecoded(namespace, lookup, values[index]));
  }

  private async writePart<I, T>(
    budget: RedisBudget,
    namespace: Namespace<I, T>,
    encoded: readonly EncodedWrite<I, T>[],
  ): Promise<Written<I, T>[]> {
    const outcomes = namespace.firstWriteWins
      ? await this.setFirst(budget, namespace, encoded)
      : await this.redis.setMany(
          budget,
          encoded.map(({ write, bytes }) => ({ key: write.key, bytes, ttlMs: lifetimeMs(namespace, write) })),
        );
    return encoded.map(({ write }, index) => ({ ...write, result: toResult(outcomes[index]) }));
  }

  private async setFirst<I, T>(
    budget: RedisBudget,
    namespace: Namespace<I, T>,
    encoded: readonly EncodedWrite<I, T>[],
  ): Promise<Outcome<unknown>[]> {
    const calls = encoded.map(({ write, bytes }) => ({
      keys: [write.key],
      args: [bytes, lifetimeMs(namespace, write), write.replace ? '1' : '0'],
    }));
    const outcome = await this.redis.runMany(budget, setFirst, calls);
    return outcome.status === 'ok' ? outcome.value : encoded.map(() => outcome);
  }
}

const isWrongType = (outcome: Outcome<unknown>): boolean =>
  outcome.status === 'error' && outcome.fault.code === 'WRONGTYPE';

function toResult(outcome: Outcome<unknown> | undefined): StoreResult {
  if (outcome?.status !== 'ok') return 'failed';
  return outcome.value === 0 ? 'kept' : 'stored';
}
