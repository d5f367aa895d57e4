import { Injectable, type OnApplicationBootstrap } from '@nestjs/common';
import { MarqueeConfig } from '@app/config';
import type { Outcome, RedisBudget } from '@app/redis';
import { CacheMetrics } from './cache.metrics.js';
import { CacheLoadTimeoutError } from './cache.errors.js';
import { CacheRepository } from './cache.repository.js';
import { CacheFetcher, type LoadMany } from './cache-fetcher.js';
import type { CacheAnswer, CacheOutcome, CacheTier } from './cache-answer.js';
import { CacheLog } from './cache-log.js';
import { cachedKinds } from './cached-kinds.js';
import { Generations } from './generations.js';
import { type LocalEntry, LocalTier } from './local/local-tier.js';
import { milliseconds, type Namespace } from './namespace.js';
import type { Loaded, Previous } from './revalidation.js';

/** What a key names within its namespace: text parts, encoded into the key. */
export type KeyPart = string | readonly string[];

export interface CacheEntryInfo {
  readonly key: string;
  /** The version or generation that the key names; null where it names none. */
  readonly version: string | null;
  readonly tier: 'local' | 'redis' | 'none';
  readonly redisAnswered: boolean;
  readonly bytes: number | null;
  /** Null: no key, or one without a TTL. */
  readonly ttlSeconds: number | null;
  readonly localTtlSeconds: number | null;
  /** What this process stored there last. Null: another process or program did, or it is long ago. */
  readonly stored: { readonly at: string; readonly ageSeconds: number; readonly cause: string } | null;
}

export interface SetOptions {
  /** Instead of the namespace's. */
  readonly ttlSeconds?: number;
  /** The request's; a fresh one by default. */
  readonly budget?: RedisBudget;
}

export interface GetOrSetOptions {
  /** The request's; a fresh one by default. */
  readonly budget?: RedisBudget;
  /** Load anew even where a fresh value is there (`Cache-Control: no-cache`). */
  readonly refresh?: boolean;
}

/**
 * The cache of every feature: a local tier bounded in bytes in front of Redis, one load a key however many callers
 * miss it, here and in other processes, and values that outlive their freshness when the upstream fails. Redis away
 * is a miss, never an error.
 */
@Injectable()
export class CacheService implements OnApplicationBootstrap {
  /** For namespaces that have no TTL of their own to name (`CACHE_TTL_SECONDS`, `CACHE_TTL_LONG_SECONDS`). */
  readonly defaultTtlSeconds: number;
  readonly longTtlSeconds: number;
  private readonly tiers = new Map<string, LocalTier>();
  private readonly fetcher: CacheFetcher;
  /** Loads under way, as those see them who did not begin them. */
  private readonly inFlight = new Map<string, Promise<CacheAnswer<unknown>>>();
  private readonly generations: Generations;
  private readonly log: CacheLog | undefined;

  constructor(
    private readonly repository: CacheRepository,
    private readonly metrics: CacheMetrics,
    config: MarqueeConfig,
  ) {
    this.defaultTtlSeconds = config.cache.ttlSeconds;
    this.longTtlSeconds = config.cache.longTtlSeconds;
    this.generations = new Generations(repository.redis);
    this.log = CacheLog.for(config.log.level);
    this.fetcher = new CacheFetcher(
      repository,
      metrics,
      (namespace) => this.tierOf(namespace),
      config.cache.maxValueBytes,
      this.log,
    );
  }

  onApplicationBootstrap(): void {
    const { redis } = this.repository;
    const prefixes = cachedKinds.map((kind) => `${redis.keys.environment}:${kind}:`);
    redis.track(prefixes, {
      onChanged: (keys) => {
        if (keys.includes(this.generations.key)) void this.generations.reload();
        for (const tier of this.tiers.values()) for (const key of keys) tier.changed(key);
        for (const key of keys) this.fetcher.changed(key);
      },
      onMissed: () => {
        void this.generations.reload();
        for (const tier of this.tiers.values()) tier.clear();
      },
    });
  }

  /** The value, or null where there is none or Redis is away. */
  async get<T>(namespace: Namespace<T>, part: KeyPart, budget?: RedisBudget): Promise<T | null> {
    const startedMs = performance.now();
    const key = this.key(namespace, part);
    const local = this.tierOf(namespace)?.get<T>(key, startedMs);
    if (local) {
      this.count(namespace, key, localHit, startedMs);
      return local.value ?? null;
    }
    const [answer] = await this.fetcher.read(budget ?? this.newBudget(), namespace, [key]);
    this.count(namespace, key, answer ?? absent, startedMs);
    return answer?.value ?? null;
  }

  /** One value a part, in order; null where there is none or Redis is away. */
  async getMany<T>(
    namespace: Namespace<T>,
    parts: readonly KeyPart[],
    budget = this.newBudget(),
  ): Promise<(T | null)[]> {
    const startedMs = performance.now();
    const tier = this.tierOf(namespace);
    const found: (T | null)[] = [];
    const missing: string[] = [];
    const positions: number[] = [];
    for (const part of parts) {
      const key = this.key(namespace, part);
      const local = tier?.get<T>(key, startedMs);
      if (local) this.count(namespace, key, localHit, startedMs);
      else {
        positions.push(found.length);
        missing.push(key);
      }
      found.push(local?.value ?? null);
    }
    if (missing.length === 0) return found;
    const answers = await this.fetcher.read(budget, namespace, missing);
    answers.forEach((answer, index) => {
      found[positions[index] as number] = answer?.value ?? null;
      this.count(namespace, missing[index] as string, answer ?? absent, startedMs);
    });
    return found;
  }

  /**
   * Stores a value for its namespace's TTL, or `ttlSeconds`. False when Redis did not take it.
   *
   * @throws RangeError for a TTL that is not positive, TypeError for a value that the codec cannot carry
   */
  async set<T>(namespace: Namespace<T>, part: KeyPart, value: T, options: SetOptions = {}): Promise<boolean> {
    return this.setMany(namespace, [[part, value]], options);
  }

  /**
   * Stores all, in one round trip. False when Redis did not take every one.
   *
   * @throws RangeError for a TTL that is not positive, TypeError for a value that the codec cannot carry
   */
  async setMany<T>(
    namespace: Namespace<T>,
    entries: readonly (readonly [KeyPart, T])[],
    { ttlSeconds, budget = this.newBudget() }: SetOptions = {},
  ): Promise<boolean> {
    const freshMs = ttlSeconds === undefined ? undefined : milliseconds('ttlSeconds', ttlSeconds);
    const writes = entries.map(([part, value]) => ({
      key: this.key(namespace, part),
      value,
      replace: true,
      freshMs,
    }));
    const stored = await this.fetcher.store(budget, namespace, writes);
    return stored.every(Boolean);
  }

  /** Deletes a value here and in Redis, and in other processes as soon as they are told. False when Redis is away. */
  async delete(namespace: Namespace<unknown>, part: KeyPart, budget = this.newBudget()): Promise<boolean> {
    const key = this.key(namespace, part);
    this.tierOf(namespace)?.changed(key);
    const startedMs = performance.now();
    const outcome = await this.repository.redis.delete(budget, [key]);
    this.wrote('delete', namespace, key, outcome.status, startedMs);
    return outcome.status === 'ok';
  }

  /** Whether Redis has the key. False when Redis is away. */
  async exists(namespace: Namespace<unknown>, part: KeyPart, budget = this.newBudget()): Promise<boolean> {
    const outcome = await this.repository.redis.command(budget, 'EXISTS', this.key(namespace, part));
    return outcome.status === 'ok' && outcome.value === 1;
  }

  /**
   * Gives a key a new TTL. False when there is no key or Redis is away.
   *
   * @throws RangeError for a TTL that is not positive
   */
  async expire(
    namespace: Namespace<unknown>,
    part: KeyPart,
    ttlSeconds: number,
    budget = this.newBudget(),
  ): Promise<boolean> {
    const ttlMs = milliseconds('ttlSeconds', ttlSeconds);
    const outcome = await this.repository.redis.command(budget, 'PEXPIRE', this.key(namespace, part), ttlMs);
    return outcome.status === 'ok' && outcome.value === 1;
  }

  /** Seconds that a key has left, Infinity where it has no TTL; null where there is no key or Redis is away. */
  async ttl(namespace: Namespace<unknown>, part: KeyPart, budget = this.newBudget()): Promise<number | null> {
    const outcome = await this.repository.redis.command(budget, 'PTTL', this.key(namespace, part));
    if (outcome.status !== 'ok' || outcome.value === -2) return null;
    return outcome.value === -1 ? Infinity : Number(outcome.value) / 1000;
  }

  /**
   * Adds to a counter, which lives from its first increment for the namespace's TTL. Null when it is not known whether
   * it was counted: Redis is away, or did not answer.
   */
  async increment(
    namespace: Namespace<string>,
    part: KeyPart,
    amount = 1,
    budget = this.newBudget(),
  ): Promise<number | null> {
    const key = this.key(namespace, part);
    this.tierOf(namespace)?.changed(key);
    const startedMs = performance.now();
    const outcome = await this.repository.incrementBy(budget, key, amount, namespace.freshMs);
    this.wrote('increment', namespace, key, outcome.status, startedMs);
    return outcome.status === 'ok' ? Number(outcome.value) : null;
  }

  /**
   * `getOrSetMany` for one. The load answers the value, undefined for "there is none", a `Tagged` value with its ETag,
   * or, when it was handed a previous one and the upstream said 304, `notModified`.
   */
  async getOrSet<T>(
    namespace: Namespace<T>,
    part: KeyPart,
    load: (previous?: Previous<T>) => Promise<Loaded<T>>,
    options: GetOrSetOptions = {},
  ): Promise<CacheAnswer<T>> {
    const startedMs = performance.now();
    const key = this.key(namespace, part);
    // The usual cases of a busy process, without the bookkeeping of the rest.
    if (!options.refresh) {
      const local = this.local(namespace, key);
      const near = local ? toAnswer(local) : (this.inFlight.get(key) as Promise<CacheAnswer<T>> | undefined);
      if (near) {
        try {
          const answer = await near;
          this.count(namespace, key, answer, startedMs);
          return answer;
        } catch (error) {
          this.countFailure(namespace, [key], error, startedMs);
          throw error;
        }
      }
    }
    const loadOne: LoadMany<T> = async (_, [previous]) => [await load(previous)];
    const [answer] = await this.answer(namespace, [key], loadOne, options, startedMs);
    return answer as CacheAnswer<T>;
  }

  /**
   * The values of many parts: from this process, from Redis, from loads that are under way, or from `load`, which is
   * asked once for what nobody has. It gets the positions (in `parts`) of what to load and answers in that order.
   *
   * @throws what `load` throws, and CacheLoadTimeoutError, when a value could be had from nowhere else
   */
  async getOrSetMany<T>(
    namespace: Namespace<T>,
    parts: readonly KeyPart[],
    load: LoadMany<T>,
    options: GetOrSetOptions = {},
  ): Promise<CacheAnswer<T>[]> {
    const startedMs = performance.now();
    const keys = parts.map((part) => this.key(namespace, part));
    const near = options.refresh ? undefined : this.allLocal(namespace, keys, startedMs);
    return near ?? this.answer(namespace, keys, load, options, startedMs);
  }

  /**
   * Forgets all of a generic namespace at once, however large: a new generation of keys begins, here and in every
   * process. False when Redis did not confirm it. Namespaces whose keys the design fixes are purged by pattern.
   *
   * @throws RangeError for a namespace with fixed keys
   */
  async purge(namespace: Namespace<unknown>): Promise<boolean> {
    if (!namespace.isGeneric)
      throw new RangeError(`The keys of "${namespace.name}" are fixed: purge it by pattern`);
    const generation = await this.generations.begin(namespace.name);
    this.tierOf(namespace)?.clear();
    return generation !== undefined;
  }

  /** Why a key answers as it does: where it is, what is left of it, and what stored it last. */
  async inspect(key: string, budget = this.newBudget()): Promise<CacheEntryInfo> {
    const nowMs = performance.now();
    const local = [...this.tiers.values()].map((tier) => tier.get(key, nowMs)).find(Boolean);
    const { redis } = this.repository;
    const [size, ttl] = await Promise.all([
      redis.command(budget, 'STRLEN', key),
      redis.command(budget, 'PTTL', key),
    ]);
    const inRedis = ttl.status === 'ok' && ttl.value !== -2;
    const last = this.fetcher.lastStored(key);
    return {
      key,
      version: /:(v\d+):|@(\d+):/.exec(key)?.slice(1).find(Boolean) ?? null,
      tier: local ? 'local' : inRedis ? 'redis' : 'none',
      redisAnswered: ttl.status === 'ok',
      bytes: inRedis && size.status === 'ok' ? Number(size.value) : null,
      ttlSeconds: inRedis && ttl.value !== -1 ? Number(ttl.value) / 1000 : null,
      localTtlSeconds: local ? (local.usableUntilMs - nowMs) / 1000 : null,
      stored: last
        ? {
            at: new Date(last.atMs).toISOString(),
            ageSeconds: (Date.now() - last.atMs) / 1000,
            cause: last.cause,
          }
        : null,
    };
  }

  /** Counts tokens and money that loading a namespace's values has cost. */
  spent(namespace: string, tokens: number, usd: number): void {
    this.metrics.loaded(namespace, { items: 0, durationMs: 0, tokens, usd });
  }

  /** Outcomes, savings and local bytes by namespace. */
  stats() {
    const local = Object.fromEntries(
      [...this.tiers].map(([name, tier]) => [name, { entries: tier.count, bytes: tier.bytes }]),
    );
    return { namespaces: this.metrics.stats(), local, invalidation: this.repository.redis.isTracking };
  }

  /** Of what is here, under way, or fetched. Positions are of these keys. */
  private async answer<T>(
    namespace: Namespace<T>,
    keys: readonly string[],
    load: LoadMany<T>,
    { budget = this.newBudget(), refresh = false }: GetOrSetOptions,
    startedMs: number,
  ): Promise<CacheAnswer<T>[]> {
    const answers = new Map<string, CacheAnswer<T> | Promise<CacheAnswer<T>>>();
    const positions = new Map<string, number>();
    keys.forEach((key, position) => {
      if (answers.has(key) || positions.has(key)) return;
      const local = refresh ? undefined : this.local(namespace, key);
      if (local) answers.set(key, toAnswer(local));
      else {
        const others = refresh ? undefined : this.inFlight.get(key);
        if (others) answers.set(key, others as Promise<CacheAnswer<T>>);
        else positions.set(key, position);
      }
    });
    for (const [key, promise] of this.startFetch(budget, namespace, positions, load, refresh))
      answers.set(key, promise);
    let settled: CacheAnswer<T>[];
    try {
      settled = await Promise.all(keys.map(async (key) => (await answers.get(key)) as CacheAnswer<T>));
    } catch (error) {
      this.countFailure(namespace, keys, error, startedMs);
      throw error;
    }
    settled.forEach((answer, index) => this.count(namespace, keys[index] as string, answer, startedMs));
    return settled;
  }

  private startFetch<T>(
    budget: RedisBudget,
    namespace: Namespace<T>,
    positions: ReadonlyMap<string, number>,
    load: LoadMany<T>,
    refresh: boolean,
  ): Map<string, Promise<CacheAnswer<T>>> {
    if (positions.size === 0) return new Map();
    const keys = [...positions.keys()];
    const fetched = this.fetcher.fetch(
      budget,
      namespace,
      keys,
      (wanted, previous) =>
        load(
          wanted.map((key) => positions.get(key) as number),
          previous,
        ),
      refresh,
    );
    const promises = new Map(
      keys.map((key, index) => [key, fetched.then((answers) => answers[index] as CacheAnswer<T>)] as const),
    );
    for (const [key, promise] of promises) {
      const others = promise.then(toCoalesced);
      this.inFlight.set(key, others);
      const forget = (): void => {
        if (this.inFlight.get(key) === others) this.inFlight.delete(key);
      };
      others.then(forget, forget);
    }
    return promises;
  }

  private local<T>(namespace: Namespace<T>, key: string): LocalEntry<T> | undefined {
    return this.tierOf(namespace)?.get<T>(key, performance.now());
  }

  /** The usual case of a busy process, without the bookkeeping of the others; undefined where one is not here. */
  private allLocal<T>(
    namespace: Namespace<T>,
    keys: readonly string[],
    startedMs: number,
  ): CacheAnswer<T>[] | undefined {
    const tier = this.tierOf(namespace);
    if (!tier) return undefined;
    const answers: CacheAnswer<T>[] = [];
    for (const key of keys) {
      const local = tier.get<T>(key, startedMs);
      if (!local) return undefined;
      answers.push(toAnswer(local));
    }
    answers.forEach((answer, index) => this.count(namespace, keys[index] as string, answer, startedMs));
    return answers;
  }

  private tierOf(namespace: Namespace<unknown>): LocalTier | undefined {
    if (namespace.localMs === 0) return undefined;
    let tier = this.tiers.get(namespace.name);
    if (!tier) {
      tier = new LocalTier(namespace.localBytes);
      this.tiers.set(namespace.name, tier);
    }
    return tier;
  }

  private key(namespace: Namespace<unknown>, part: KeyPart): string {
    const parts = typeof part === 'string' ? [part] : part;
    return namespace.key(this.repository.redis.keys, parts, this.generations.of(namespace.name));
  }

  private count(
    namespace: { readonly name: string },
    key: string,
    { outcome, tier }: { readonly outcome: CacheOutcome; readonly tier: CacheTier },
    startedMs: number,
  ): void {
    const durationMs = performance.now() - startedMs;
    this.metrics.looked(namespace.name, outcome, durationMs);
    this.log?.looked(namespace.name, outcome, tier, key, durationMs);
  }

  private wrote(
    event: 'delete' | 'increment',
    { name }: Namespace<unknown>,
    key: string,
    status: Outcome<unknown>['status'],
    startedMs: number,
  ): void {
    if (!this.log) return;
    const durationMs = performance.now() - startedMs;
    if (status === 'ok') this.log.write({ event, namespace: name, tier: 'redis', key, durationMs });
    else {
      const result = `${event} ${status}`;
      this.log.write({ event: 'error', namespace: name, tier: 'redis', key, durationMs, result });
    }
  }

  /** A load that failed or took too long ends the lookups of all who waited for it. */
  private countFailure(
    namespace: { readonly name: string },
    keys: readonly string[],
    error: unknown,
    startedMs: number,
  ): void {
    const outcome = error instanceof CacheLoadTimeoutError ? 'timeout' : 'error';
    for (const key of keys) this.count(namespace, key, { outcome, tier: 'upstream' }, startedMs);
  }

  private newBudget(): RedisBudget {
    return this.repository.redis.newBudget();
  }
}

const localHit = { outcome: 'local_hit', tier: 'local' } as const;
/** No value, and nothing was asked to load one. */
const absent = { outcome: 'miss', tier: 'redis' } as const;

/** Somebody else's load is ours as well; it cost nothing more. */
const toCoalesced = <T>(answer: CacheAnswer<T>): CacheAnswer<T> =>
  answer.outcome === 'miss' || answer.outcome === 'bypass' ? { ...answer, outcome: 'coalesced' } : answer;

function toAnswer<T>({ value, freshUntilMs }: LocalEntry<T>): CacheAnswer<T> {
  return {
    value,
    outcome: value === undefined ? 'negative' : 'local_hit',
    tier: 'local',
    ttlMs: freshUntilMs - performance.now(),
    stored: true,
    redisAnswered: true,
  };
}
