import type { KeySpace } from '@app/redis';
import type { Codec } from './codecs.js';
import { registerKeyPrefix } from './key-prefixes.js';
import { toMilliseconds, type Ttl } from './ttl.js';

/** The parts of a key that identify a value within its namespace. Each is percent-encoded as needed. */
export type KeyParts = string | readonly string[];

export interface NamespaceOptions<I, T> {
  /** The label of the namespace in metrics and logs. */
  readonly name: string;
  /**
   * The key's parts after the environment. The first one registers itself for invalidation and for purges by pattern.
   * Default `['cache', name]`.
   */
  readonly prefix?: string | readonly string[];
  /** Returns the parts that follow the prefix. */
  readonly keyOf: (input: I) => KeyParts;
  readonly codec: Codec<T, I>;
  /** How long a value is fresh: seconds, `'long'` for `CACHE_TTL_LONG_SECONDS`, or, by default, `CACHE_TTL_SECONDS`. */
  readonly ttlSeconds?: Ttl;
  /** How much longer a value may be served while it is refreshed or while the upstream fails. Default 0. */
  readonly staleSeconds?: number;
  /** How long the absence of a value is cached. Default 0, which disables it. */
  readonly negativeTtlSeconds?: number;
  /**
   * How long a copy in this process may be used, and how long it may outlive its key at most. Default 0, which disables
   * the local tier.
   */
  readonly localTtlSeconds?: number;
  /** Maximum size of the local tier. Default 16 MiB. */
  readonly localBytes?: number;
  /**
   * Share of the TTL, 0 to 0.5, by which each stored TTL is shortened at random, so that values stored together do not
   * expire together. Default 0.1. Use `refreshJitter` where the TTL in Redis must be exact.
   */
  readonly jitter?: number;
  /**
   * Share of the TTL, 0 to 0.5, during which a read refreshes a value in the background before its TTL ends. When that
   * starts depends on the key, so values stored together are not refreshed together. Default 0.
   */
  readonly refreshJitter?: number;
  /**
   * XFetch's beta. Above 0, a read may refresh a value before its TTL ends; the longer a load takes, the earlier.
   * Default 0, which disables it.
   */
  readonly earlyRefreshBeta?: number;
  /** How long a caller waits for a load. A load that takes longer continues and fills the cache. Default 30 s. */
  readonly loadTimeoutMs?: number;
  /** Whether an existing value of the same length wins over a new one. Default false. */
  readonly firstWriteWins?: boolean;
}

/** A kind of cached value: its key, its encoding, and its lifetime. Created by `defineNamespace`. */
export class Namespace<I, T> {
  readonly name: string;
  readonly codec: Codec<T, I>;
  readonly ttl: Ttl;
  readonly staleMs: number;
  readonly negativeMs: number;
  readonly localMs: number;
  readonly localBytes: number;
  readonly jitter: number;
  readonly refreshJitter: number;
  readonly earlyRefreshBeta: number;
  readonly loadTimeoutMs: number;
  readonly firstWriteWins: boolean;
  private readonly prefix: readonly string[];
  private readonly keyOf: (input: I) => KeyParts;

  /** @throws RangeError for a duration that is not positive, or a setting that contradicts the codec */
  constructor(options: NamespaceOptions<I, T>) {
    const { ttlSeconds = 'default', prefix = ['cache', options.name] } = options;
    if (typeof ttlSeconds === 'number') toMilliseconds('ttlSeconds', ttlSeconds);
    this.name = options.name;
    this.codec = options.codec;
    this.ttl = ttlSeconds;
    this.staleMs = optionalMs('staleSeconds', options.staleSeconds);
    this.negativeMs = optionalMs('negativeTtlSeconds', options.negativeTtlSeconds);
    this.localMs = optionalMs('localTtlSeconds', options.localTtlSeconds);
    this.localBytes = options.localBytes ?? 16 * 1024 * 1024;
    this.jitter = share('jitter', options.jitter ?? 0.1);
    this.refreshJitter = share('refreshJitter', options.refreshJitter ?? 0);
    this.earlyRefreshBeta = options.earlyRefreshBeta ?? 0;
    this.loadTimeoutMs = options.loadTimeoutMs ?? 30_000;
    this.firstWriteWins = options.firstWriteWins ?? false;
    this.prefix = typeof prefix === 'string' ? [prefix] : prefix;
    this.keyOf = options.keyOf;
    if (this.negativeMs > 0 && !this.codec.hasNoEmptyValue) {
      throw new RangeError(`negativeTtlSeconds needs a codec without an empty value, not ${this.codec.name}`);
    }
    registerKeyPrefix(this.firstPart);
  }

  /** Whether a read must fetch the TTL as well: freshness is derived from the TTL that a value has left. */
  get needsTtl(): boolean {
    return this.staleMs > 0 || this.refreshJitter > 0 || this.earlyRefreshBeta > 0;
  }

  /** The first part of every key after the environment. */
  get firstPart(): string {
    return this.prefix[0] as string;
  }

  key(keys: KeySpace, input: I): string {
    const parts = this.keyOf(input);
    return typeof parts === 'string' ? keys.key(...this.prefix, parts) : keys.key(...this.prefix, ...parts);
  }
}

/** Options of a namespace whose inputs are the parts of its keys. */
export type PlainNamespaceOptions<T> = Omit<NamespaceOptions<KeyParts, T>, 'keyOf'>;

/**
 * Declares a namespace. Without `keyOf`, its inputs are the parts of its keys.
 *
 * @throws RangeError for a duration that is not positive, or a setting that contradicts the codec
 * @example
 * const movies = defineNamespace({
 *   name: 'movie',
 *   keyOf: (id: number) => String(id),
 *   codec: jsonCodec<Movie>(isMovie),
 *   ttlSeconds: 3600,
 * });
 */
export function defineNamespace<I, T>(options: NamespaceOptions<I, T>): Namespace<I, T>;
export function defineNamespace<T>(options: PlainNamespaceOptions<T>): Namespace<KeyParts, T>;
export function defineNamespace<T>(options: PlainNamespaceOptions<T>): Namespace<KeyParts, T> {
  return new Namespace({ keyOf: (parts) => parts, ...options });
}

const optionalMs = (name: string, seconds: number | undefined): number =>
  seconds ? toMilliseconds(name, seconds) : 0;

function share(name: string, value: number): number {
  if (!(value >= 0 && value <= 0.5)) throw new RangeError(`${name} must be 0 to 0.5, not ${value}`);
  return value;
}
