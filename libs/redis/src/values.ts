import type { RedisBudget } from './budget/redis-budget.js';
import { ok, type Outcome } from './outcome.js';
import type { MaybeBytes, RedisTransport } from './transports/redis-transport.js';

/** A value and its remaining TTL. */
export interface ValueWithTtl {
  readonly bytes: Buffer;
  /** Infinity if the key has no TTL. */
  readonly ttlMs: number;
}

/** Null if there is no such key, undefined if its node did not reply. */
export type MaybeValueWithTtl = ValueWithTtl | null | undefined;

/** A value to store under a key. */
export interface Entry {
  readonly key: string;
  readonly bytes: Buffer;
  readonly ttlMs: number;
}

/** Reads values with MGET, and their remaining TTLs with PTTL. */
export async function readWithTtl(
  transport: RedisTransport,
  budget: RedisBudget,
  keys: readonly string[],
): Promise<Outcome<MaybeValueWithTtl[]>> {
  const [values, ttls] = await Promise.all([
    transport.mget(budget, keys),
    transport.eachKey(budget, 'PTTL', keys, (commands, key) => commands.pttl(key)),
  ]);
  return values.status === 'ok'
    ? ok(values.value.map((bytes, index) => withTtl(bytes, ttls[index])))
    : values;
}

/** Stores entries with SET … PX. */
export function store(
  transport: RedisTransport,
  budget: RedisBudget,
  entries: readonly Entry[],
): Promise<Outcome<unknown>[]> {
  return transport.eachKey(budget, 'SET', entries, (commands, { key, bytes, ttlMs }) =>
    commands.set(key, bytes, 'PX', Math.max(1, Math.round(ttlMs))),
  );
}

/** Deletes keys with UNLINK, and counts those that existed. */
export async function unlink(
  transport: RedisTransport,
  budget: RedisBudget,
  keys: readonly string[],
): Promise<Outcome<number>> {
  const outcomes = await transport.eachKey(budget, 'UNLINK', keys, (commands, key) => commands.unlink(key));
  let deleted = 0;
  for (const outcome of outcomes) {
    if (outcome.status !== 'ok') return outcome;
    deleted += Number(outcome.value);
  }
  return ok(deleted);
}

/** Joins a value with the reply of PTTL: -1 without a TTL, -2 if the key has expired in the meantime. */
function withTtl(bytes: MaybeBytes, ttl: Outcome<unknown> | undefined): MaybeValueWithTtl {
  if (!bytes) return bytes;
  if (ttl?.status !== 'ok') return undefined;
  const ttlMs = Number(ttl.value);
  if (ttlMs === -2) return null;
  return { bytes, ttlMs: ttlMs === -1 ? Infinity : ttlMs };
}
