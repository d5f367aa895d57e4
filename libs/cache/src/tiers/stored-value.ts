import { type Lookup, type Reading, withReading } from '../lookup.js';
import type { Namespace } from '../namespace.js';
import type { Write } from './write.js';

/** How a value that is known to be absent is stored. */
const absentBytes = Buffer.alloc(0);

const missing = { state: 'missing' } as const;
const broken = { state: 'broken' } as const;
const unknown = { state: 'unknown' } as const;

/** Returns a lookup whose key does not exist in Redis. */
export const asMissing = <I, T>(lookup: Lookup<I, T>): Lookup<I, T> => withReading(lookup, missing);

/** Returns a lookup whose key holds something other than a value of its namespace. */
export const asBroken = <I, T>(lookup: Lookup<I, T>): Lookup<I, T> => withReading(lookup, broken);

/** Returns a lookup that Redis did not reply to. */
export const asUnknown = <I, T>(lookup: Lookup<I, T>): Lookup<I, T> => withReading(lookup, unknown);

/**
 * Returns a lookup with the value that its bytes encode.
 *
 * @param bytes null for no key, undefined if Redis did not reply
 */
export function withDecoded<I, T>(
  namespace: Namespace<I, T>,
  lookup: Lookup<I, T>,
  bytes: Buffer | null | undefined,
  ttlMs = Infinity,
): Lookup<I, T> {
  return withReading(lookup, toReading(namespace, lookup.input, bytes, ttlMs));
}

function toReading<I, T>(
  namespace: Namespace<I, T>,
  input: I,
  bytes: Buffer | null | undefined,
  ttlMs: number,
): Reading<T> {
  if (bytes === undefined) return unknown;
  if (bytes === null) return missing;
  if (bytes.length === 0 && namespace.negativeMs > 0) return { state: 'negative', ttlMs };
  const value = namespace.codec.decode(bytes, input);
  if (value === undefined) return broken;
  return { state: 'found', value, bytes: bytes.length, ttlMs: ttlMs - namespace.staleMs };
}

/** Returns the bytes that a write stores. @throws TypeError for a value that the codec cannot represent */
export const encode = <I, T>({ codec }: Namespace<I, T>, { value, input }: Write<I, T>): Buffer =>
  value === undefined ? absentBytes : codec.encode(value, input);

/** Returns the TTL of a write. Jitter only shortens it: no value outlives what its namespace allows. */
export function lifetimeMs<I, T>(
  { jitter, staleMs }: Namespace<I, T>,
  { value, freshMs }: Write<I, T>,
): number {
  return value === undefined ? freshMs : Math.round(freshMs * (1 - jitter * Math.random()) + staleMs);
}
