import type { CacheResult } from './cache-result.js';

/** What Redis returned for a key. */
export type Reading<T> =
  | { readonly state: 'found'; readonly value: T; readonly bytes: number; readonly ttlMs: number }
  | { readonly state: 'negative'; readonly ttlMs: number }
  | { readonly state: 'missing' }
  /** The bytes cannot be decoded, or the key holds another type. */
  | { readonly state: 'broken' }
  /** Redis did not reply. */
  | { readonly state: 'unknown' }
  /** Redis has not been queried. */
  | { readonly state: 'unread' };

/** What a load may revalidate: the stale value, and the ETag that it was loaded with. */
export interface Previous<T> {
  readonly value: T;
  readonly etag: string;
}

/** One requested value on its way through the cache. Every stage takes lookups and returns lookups. */
export interface Lookup<I, T> {
  /** What the caller requested. */
  readonly input: I;
  readonly key: string;
  readonly reading: Reading<T>;
  /** The stale value that a load may revalidate; undefined if it has no ETag. */
  readonly previous: Previous<T> | undefined;
}

/** A lookup with its result. */
export interface ResolvedLookup<I, T> extends Lookup<I, T> {
  readonly result: CacheResult<T>;
}

const unread = { state: 'unread' } as const;

export const newLookup = <I, T>(input: I, key: string): Lookup<I, T> => ({
  input,
  key,
  reading: unread,
  previous: undefined,
});

export const withReading = <I, T>(
  { input, key, previous }: Lookup<I, T>,
  reading: Reading<T>,
): Lookup<I, T> => ({
  input,
  key,
  reading,
  previous,
});

/** Returns the result that a reading gives without a load, or undefined if a load is needed. */
export function toResult<T>(reading: Reading<T>): CacheResult<T> | undefined {
  switch (reading.state) {
    case 'found':
      return {
        value: reading.value,
        outcome: reading.ttlMs > 0 ? 'redis_hit' : 'stale',
        tier: 'redis',
        ttlMs: reading.ttlMs,
        stored: true,
        redisAnswered: true,
      };
    case 'negative':
      return {
        value: undefined,
        outcome: 'negative',
        tier: 'redis',
        ttlMs: reading.ttlMs,
        stored: true,
        redisAnswered: true,
      };
    case 'missing':
    case 'broken':
    case 'unknown':
    case 'unread':
      return undefined;
  }
}
