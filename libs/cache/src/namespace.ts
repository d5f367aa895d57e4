import type { KeySpace } from '@app/redis';
import type { Codec } from './codecs.js';

/** TTLs that the app's documents name, in seconds. */
export const SESSION_TTL_SECONDS = 3600;
export const SHORT_TTL_SECONDS = 1800;
export const LONG_TTL_SECONDS = 86_400;

export interface NamespaceOptions<T> {
  /** Bounded: it is a metric's label. */
  readonly name: string;
  readonly codec: Codec<T>;
  /** How long a value is fresh. */
  readonly ttlSeconds: number;
  /** How much longer it may be served while it is refreshed, or while the upstream fails. Default 0. */
  readonly staleSeconds?: number;
  /** How long "there is none" is remembered; 0, the default, for not at all. */
  readonly negativeTtlSeconds?: number;
  /**
   * How long a copy in this process may be used, and by how much it may outlive its key at most; 0, the default, for
   * no local tier: what must be exact.
   */
  readonly localTtlSeconds?: number;
  /** Bound of the local tier. Default 16 MiB. */
  readonly localBytes?: number;
  /** Share of the TTL, 0 to 0.5, by which it is shortened at random, so that what was written together does not expire together. Default 0.1. */
  readonly jitter?: number;
  /** XFetch's beta: above 0, a value is now and then refreshed before its TTL is over, the likelier the longer loading takes. Default 0, off. */
  readonly earlyRefreshBeta?: number;
  /** Longest wait of a caller for a load, which goes on and fills the cache. Default 30 s. */
  readonly loadTimeoutMs?: number;
  /** Keep a value of the same length that another writer stored first. Default false. */
  readonly firstWriteWins?: boolean;
  /** Part of the generic key: a new one makes a new namespace. */
  readonly version?: number;
  /** The key's parts after the environment, where the design fixes them. Default `cache:{name}[:v{version}]:{parts}`. */
  readonly keyParts?: (parts: readonly string[]) => readonly string[];
}

/** A kind of cached value: how it is keyed, encoded and aged. Made once, by `defineNamespace`. */
export class Namespace<T> {
  readonly name: string;
  readonly codec: Codec<T>;
  readonly freshMs: number;
  readonly staleMs: number;
  readonly negativeMs: number;
  readonly localMs: number;
  readonly localBytes: number;
  readonly jitter: number;
  readonly earlyRefreshBeta: number;
  readonly loadTimeoutMs: number;
  readonly firstWriteWins: boolean;
  /** Whether a purge of all of it is a new generation of keys, or a walk over them. */
  readonly isGeneric: boolean;
  private readonly keyParts: (parts: readonly string[]) => readonly string[];

  /** @throws RangeError for a duration that is not positive, or a setting that contradicts the codec */
  constructor(options: NamespaceOptions<T>) {
    this.name = options.name;
    this.codec = options.codec;
    this.freshMs = milliseconds('ttlSeconds', options.ttlSeconds);
    this.staleMs = options.staleSeconds ? milliseconds('staleSeconds', options.staleSeconds) : 0;
    this.negativeMs = options.negativeTtlSeconds
      ? milliseconds('negativeTtlSeconds', options.negativeTtlSeconds)
      : 0;
    this.localMs = options.localTtlSeconds ? milliseconds('localTtlSeconds', options.localTtlSeconds) : 0;
    this.localBytes = options.localBytes ?? 16 * 1024 * 1024;
    this.jitter = options.jitter ?? 0.1;
    this.earlyRefreshBeta = options.earlyRefreshBeta ?? 0;
    this.loadTimeoutMs = options.loadTimeoutMs ?? 30_000;
    this.firstWriteWins = options.firstWriteWins ?? false;
    this.isGeneric = options.keyParts === undefined;
    const version = options.version === undefined ? [] : [`v${options.version}`];
    this.keyParts = options.keyParts ?? ((parts) => ['cache', options.name, ...version, ...parts]);
    if (!(this.jitter >= 0 && this.jitter <= 0.5))
      throw new RangeError(`jitter must be 0 to 0.5, not ${this.jitter}`);
    if (this.negativeMs > 0 && !this.codec.hasNoEmptyValue) {
      throw new RangeError(`negativeTtlSeconds needs a codec without an empty value, not ${this.codec.name}`);
    }
  }

  /** Whether reading must ask for the TTL too: the freshness of a value follows from what is left of its life. */
  get needsTtl(): boolean {
    return this.staleMs > 0 || this.earlyRefreshBeta > 0;
  }

  /** @param generation of generic namespaces: each purge begins a new one */
  key(keys: KeySpace, parts: readonly string[], generation = 0): string {
    const all = this.keyParts(parts);
    if (!this.isGeneric || generation === 0) return keys.key(...all);
    const [head = '', name = '', ...rest] = all;
    return keys.key(head, `${name}@${generation}`, ...rest);
  }
}

/** Declares a namespace. @throws RangeError for a setting that makes no sense */
export const defineNamespace = <T>(options: NamespaceOptions<T>): Namespace<T> => new Namespace(options);

/** @throws RangeError unless it is a positive, finite number of seconds */
export function milliseconds(name: string, seconds: number): number {
  if (!(seconds > 0 && seconds < Infinity)) {
    throw new RangeError(`${name} must be a positive number of seconds, not ${seconds}`);
  }
  return Math.round(seconds * 1000);
}
