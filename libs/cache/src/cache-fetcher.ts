import { setTimeout as delay } from 'node:timers/promises';
import type { RedisBudget } from '@app/redis';
import { LRUCache } from 'lru-cache';
import { CacheLoadTimeoutError } from './cache.errors.js';
import type { CacheMetrics } from './cache.metrics.js';
import type { CacheRepository, Reading, Write } from './cache.repository.js';
import type { CacheAnswer } from './cache-answer.js';
import type { CacheLog } from './cache-log.js';
import type { LocalTier } from './local/local-tier.js';
import type { Namespace } from './namespace.js';
import { Failed, type Loaded, notModified, type Previous, Tagged, Unstored } from './revalidation.js';
import { BackgroundRefresher } from './refresh/background-refresher.js';

/**
 * Loads the values at these positions of the caller's list, in order; undefined means "there is none". `previous` holds,
 * in the same order, the stale values that are being refreshed and came with an ETag.
 */
export type LoadMany<T> = (
  positions: readonly number[],
  previous: readonly (Previous<T> | undefined)[],
) => Promise<readonly Loaded<T>[]>;
export type LoadKeys<T> = (
  keys: readonly string[],
  previous: readonly (Previous<T> | undefined)[],
) => Promise<readonly Loaded<T>[]>;
/** What stored a value last. */
export interface StoredLast {
  readonly atMs: number;
  readonly cause: StoreCause;
}
export type StoreCause = 'set' | 'miss' | 'bypass' | 'refresh';
type Answers<T> = Map<string, CacheAnswer<T>>;

/** A leader renews its locks while it loads; when it dies they are free after this. */
const lockMs = 2000;
/** A follower looks when the key changes, and, should it not be told, so often, ever less up to the longest pause. */
const firstPollMs = 5;
const maxPollMs = 50;
/** Looks in a row without an answer, after which a follower loads by itself. */
const maxUnansweredPolls = 3;
/** Locks cost two round trips a key: a batch of many misses is loaded without. */
const maxLockedKeys = 64;

/**
 * Fetches what is not in this process: reads Redis, serves what is stale and refreshes it, and loads what is missing,
 * one process of the fleet for all. Locks promise efficiency, not correctness: without Redis everyone loads.
 */
export class CacheFetcher {
  private readonly refresher = new BackgroundRefresher();
  private readonly history = new LRUCache<string, StoredLast>({ max: 10_000 });
  private readonly followers = new Map<string, () => void>();
  /** In this process alone: another one asks without, and has the whole value again. */
  private readonly etags = new LRUCache<string, string>({ max: 10_000 });

  constructor(
    private readonly repository: CacheRepository,
    private readonly metrics: CacheMetrics,
    private readonly tierOf: (namespace: Namespace<unknown>) => LocalTier | undefined,
    private readonly maxValueBytes: number,
    private readonly log: CacheLog | undefined,
  ) {}

  /** A key has changed in Redis: who follows its leader looks at once. */
  changed(key: string): void {
    this.followers.get(key)?.();
  }

  /** What Redis has of these keys, fresh or stale; undefined for the rest. */
  async read<T>(
    budget: RedisBudget,
    namespace: Namespace<T>,
    keys: readonly string[],
  ): Promise<(CacheAnswer<T> | undefined)[]> {
    const readings = await this.readAndKeep(budget, namespace, keys);
    return readings.map((reading) => toAnswer(reading));
  }

  /** Stores values in Redis and here. */
  async store<T>(
    budget: RedisBudget,
    namespace: Namespace<T>,
    writes: readonly Write<T>[],
    cause: StoreCause = 'set',
  ): Promise<boolean[]> {
    const tier = this.tierOf(namespace);
    for (const { key } of writes) tier?.changed(key);
    const changeNumber = tier?.changeNumber ?? 0;
    const startedMs = this.log ? performance.now() : 0;
    const stored = await this.repository.writeMany(budget, namespace, writes, this.maxValueBytes);
    if (this.log) {
      const durationMs = performance.now() - startedMs;
      for (const [index, { key }] of writes.entries()) {
        const result = stored[index] as string;
        const event = result === 'failed' ? 'error' : 'set';
        this.log.write({ event, namespace: namespace.name, tier: 'redis', key, durationMs, result });
      }
    }
    writes.forEach(({ key, value, freshMs = freshMsOf(namespace, value) }, index) => {
      if (stored[index] === 'too-large') this.metrics.tooLarge(namespace.name);
      else if (stored[index] !== 'kept') this.keep(namespace, key, value, freshMs, changeNumber);
    });
    const atMs = Date.now();
    writes.forEach(({ key }, index) => stored[index] === 'stored' && this.history.set(key, { atMs, cause }));
    return stored.map((result) => result === 'stored' || result === 'kept');
  }

  /** What this process stored under a key last, as far as it remembers. */
  lastStored(key: string): StoredLast | undefined {
    return this.history.get(key);
  }

  /** One answer a key, in order. @throws what `load` throws, and CacheLoadTimeoutError */
  async fetch<T>(
    budget: RedisBudget,
    namespace: Namespace<T>,
    keys: readonly string[],
    load: LoadKeys<T>,
    refresh: boolean,
  ): Promise<CacheAnswer<T>[]> {
    const answers: Answers<T> = new Map();
    const readings = refresh ? [] : await this.readAndKeep(budget, namespace, keys);
    readings.forEach((reading, index) => {
      const key = keys[index] as string;
      const answer = toAnswer(reading);
      if (answer) answers.set(key, answer);
      if (answer?.outcome === 'stale' || this.isDueEarly(namespace, reading))
        this.refreshLater(namespace, key, load, reading);
    });
    const states = new Map(keys.map((key, index) => [key, readings[index]?.state ?? 'missing'] as const));
    for (const key of answers.keys()) states.delete(key);
    if (states.size > 0) {
      const loading = this.loadMissing(budget, namespace, [...states.keys()], states, load, refresh);
      for (const [key, answer] of await this.inTime(namespace, loading)) answers.set(key, answer);
    }
    return keys.map((key) => answers.get(key) as CacheAnswer<T>);
  }

  /** The load goes on when the caller gives up; then nobody waits for its failure. */
  private async inTime<T>(namespace: Namespace<T>, loading: Promise<Answers<T>>): Promise<Answers<T>> {
    const end = new AbortController();
    const timeout = delay(namespace.loadTimeoutMs, undefined, { signal: end.signal }).then(() => {
      throw new CacheLoadTimeoutError(namespace.name, namespace.loadTimeoutMs);
    });
    timeout.catch(() => undefined);
    loading.catch(() => undefined);
    try {
      return await Promise.race([loading, timeout]);
    } finally {
      end.abort();
    }
  }

  private async loadMissing<T>(
    budget: RedisBudget,
    namespace: Namespace<T>,
    keys: readonly string[],
    states: ReadonlyMap<string, Reading<T>['state']>,
    load: LoadKeys<T>,
    refresh: boolean,
  ): Promise<Answers<T>> {
    const redisAnswered = [...states.values()].every((state) => state !== 'unknown');
    if (refresh || !redisAnswered || keys.length > maxLockedKeys) {
      return this.loadAndStore(
        budget,
        namespace,
        keys,
        states,
        load,
        refresh ? 'bypass' : 'miss',
        redisAnswered,
      );
    }
    // The read was answered, so Redis is alive, and a lock is worth its round trip.
    budget.renew();
    const token = this.repository.newToken();
    const locks = await this.repository.lockMany(budget, keys, token, lockMs);
    // A lock that could not be asked for is no reason to wait.
    const led = keys.filter((_, index) => locks[index] !== false);
    const followed = keys.filter((_, index) => locks[index] === false);
    const parts = await Promise.all([
      led.length > 0
        ? this.lead(budget, namespace, led, states, load, token)
        : new Map<string, CacheAnswer<T>>(),
      ...followed.map((key) => this.follow(namespace, key, load)),
    ]);
    return new Map(parts.flatMap((part) => [...part]));
  }

  /** Holds the locks while loading. Looks again first: another leader may have finished since we read. */
  private async lead<T>(
    budget: RedisBudget,
    namespace: Namespace<T>,
    keys: readonly string[],
    states: ReadonlyMap<string, Reading<T>['state']>,
    load: LoadKeys<T>,
    token: string,
  ): Promise<Answers<T>> {
    const endMs = performance.now() + namespace.loadTimeoutMs;
    const renewal = setInterval(() => {
      // A load that nobody waits for any more must not keep others from trying.
      if (performance.now() > endMs) clearInterval(renewal);
      else void this.repository.lockMany(this.newBudget(), keys, token, lockMs);
    }, lockMs / 3);
    renewal.unref();
    try {
      const answers: Answers<T> = new Map();
      const readings = await this.readAndKeep(budget, namespace, keys);
      readings.forEach((reading, index) => {
        const answer = toAnswer(reading);
        if (answer && answer.outcome !== 'stale')
          answers.set(keys[index] as string, { ...answer, outcome: 'coalesced' });
      });
      const missing = keys.filter((key) => !answers.has(key));
      if (missing.length > 0) {
        const loaded = await this.loadAndStore(budget, namespace, missing, states, load, 'miss', true);
        for (const [key, answer] of loaded) answers.set(key, answer);
      }
      return answers;
    } finally {
      clearInterval(renewal);
      // Nobody waits for it: when it fails the locks expire.
      void this.repository.unlockMany(this.newBudget(), keys, token);
    }
  }

  /** Waits for another process's value; takes over when its lock is free, loads at once when Redis goes away. */
  private async follow<T>(namespace: Namespace<T>, key: string, load: LoadKeys<T>): Promise<Answers<T>> {
    const token = this.repository.newToken();
    const endMs = performance.now() + namespace.loadTimeoutMs;
    let silences = 0;
    for (let pollMs = firstPollMs; performance.now() < endMs; pollMs = Math.min(pollMs * 1.5, maxPollMs)) {
      await this.changeOrPause(key, pollMs);
      const budget = this.newBudget();
      const [reading] = await this.readAndKeep(budget, namespace, [key]);
      const state = new Map([[key, reading?.state ?? 'unknown'] as const]);
      const answer = reading && toAnswer(reading);
      if (answer && answer.outcome !== 'stale') return new Map([[key, { ...answer, outcome: 'coalesced' }]]);
      if (!reading || reading.state === 'unknown') {
        // A busy process may miss an answer now and then; that is no reason to go upstream beside the leader.
        if (++silences < maxUnansweredPolls && this.repository.redis.status.breaker === 'closed') continue;
        return this.loadAndStore(budget, namespace, [key], state, load, 'miss', false);
      }
      const [lock] = await this.repository.lockMany(budget, [key], token, lockMs);
      if (lock === undefined) continue;
      silences = 0;
      if (lock) return this.lead(budget, namespace, [key], state, load, token);
    }
    throw new CacheLoadTimeoutError(namespace.name, namespace.loadTimeoutMs);
  }

  /** Until the key is told to have changed: the leader has stored its value. */
  private changeOrPause(key: string, pauseMs: number): Promise<void> {
    return new Promise((resolve) => {
      const wake = (): void => {
        clearTimeout(timer);
        this.followers.delete(key);
        resolve();
      };
      const timer = setTimeout(wake, pauseMs);
      this.followers.set(key, wake);
    });
  }

  private async loadAndStore<T>(
    budget: RedisBudget,
    namespace: Namespace<T>,
    keys: readonly string[],
    states: ReadonlyMap<string, Reading<T>['state']>,
    load: LoadKeys<T>,
    outcome: 'miss' | 'bypass',
    redisAnswered: boolean,
    previous: readonly (Previous<T> | undefined)[] = [],
  ): Promise<Answers<T>> {
    const startedMs = performance.now();
    const loaded = await load(keys, previous);
    const values = keys.map((key, index) => this.unwrap(key, loaded[index], previous[index]));
    this.metrics.loaded(namespace.name, {
      items: keys.length,
      durationMs: performance.now() - startedMs,
      tokens: 0,
      usd: 0,
    });
    const writes = keys.flatMap((key, index) => {
      const value = values[index];
      if (value instanceof Failed || value instanceof Unstored) return [];
      const replace = outcome === 'bypass' || states.get(key) === 'broken' || states.get(key) === 'found';
      return value === undefined && namespace.negativeMs === 0 ? [] : [{ key, value, replace }];
    });
    const cause = [...states.values()].includes('found') ? 'refresh' : outcome;
    const stored = await this.store(budget, namespace, writes, cause);
    const storedKeys = new Set(writes.flatMap(({ key }, index) => (stored[index] ? [key] : [])));
    const tier = 'upstream';
    return new Map(
      keys.map((key, index): [string, CacheAnswer<T>] => {
        const value = values[index];
        if (value instanceof Failed) {
          const { error } = value;
          return [
            key,
            { value: undefined, outcome: 'error', tier, error, ttlMs: 0, stored: false, redisAnswered },
          ];
        }
        if (value instanceof Unstored)
          return [key, { value: value.value, outcome, tier, ttlMs: 0, stored: false, redisAnswered }];
        const stored = storedKeys.has(key);
        return [key, { value, outcome, tier, ttlMs: freshMsOf(namespace, value), stored, redisAnswered }];
      }),
    );
  }

  private refreshLater<T>(
    namespace: Namespace<T>,
    key: string,
    load: LoadKeys<T>,
    stale: Reading<T> | undefined,
  ): void {
    const etag = this.etags.get(key);
    const previous = stale?.state === 'found' && etag ? { value: stale.value, etag } : undefined;
    this.refresher.schedule({
      key,
      namespace: namespace.name,
      refresh: async () => {
        const budget = this.newBudget();
        const token = this.repository.newToken();
        const [lock] = await this.repository.lockMany(budget, [key], token, lockMs);
        // Another process is at it.
        if (lock === false) return;
        try {
          const states = new Map([[key, 'found' as const]]);
          const loaded = await this.loadAndStore(budget, namespace, [key], states, load, 'miss', true, [
            previous,
          ]);
          const failure = loaded.get(key)?.error;
          if (failure) throw failure;
        } finally {
          void this.repository.unlockMany(this.newBudget(), [key], token);
        }
      },
    });
  }

  private unwrap<T>(
    key: string,
    loaded: Loaded<T>,
    previous: Previous<T> | undefined,
  ): T | Unstored<T> | Failed | undefined {
    if (loaded === notModified) {
      if (!previous) throw new TypeError('Only what had an ETag can be found not modified');
      return previous.value;
    }
    if (!(loaded instanceof Tagged)) return loaded;
    this.etags.set(key, loaded.etag);
    return loaded.value;
  }

  /** XFetch (Vattani et al., 2015): now − delta · beta · ln(random) ≥ expiry. */
  private isDueEarly<T>(namespace: Namespace<T>, reading: Reading<T>): boolean {
    if (namespace.earlyRefreshBeta === 0 || reading.state !== 'found') return false;
    const deltaMs = this.metrics.meanLoadMs(namespace.name);
    return reading.ttlMs <= -deltaMs * namespace.earlyRefreshBeta * Math.log(Math.random());
  }

  private async readAndKeep<T>(
    budget: RedisBudget,
    namespace: Namespace<T>,
    keys: readonly string[],
  ): Promise<Reading<T>[]> {
    const changeNumber = this.tierOf(namespace)?.changeNumber ?? 0;
    const startedMs = this.log ? performance.now() : 0;
    const readings = await this.repository.readMany(budget, namespace, keys);
    readings.forEach((reading, index) => {
      const key = keys[index] as string;
      if (this.log && reading.state === 'unknown') {
        const durationMs = performance.now() - startedMs;
        const result = 'redis-away';
        this.log.write({ event: 'error', namespace: namespace.name, tier: 'redis', key, durationMs, result });
      }
      if (reading.state === 'found')
        this.keep(namespace, key, reading.value, reading.ttlMs, changeNumber, reading.bytes);
      if (reading.state === 'negative') this.keep(namespace, key, undefined, reading.ttlMs, changeNumber);
    });
    return readings;
  }

  /** Keeps a copy here: never for longer than the namespace lets it, nor past its fresh life. */
  private keep<T>(
    namespace: Namespace<T>,
    key: string,
    value: T | undefined,
    freshMs: number,
    changeNumber: number,
    bytes?: number,
  ): void {
    const tier = this.tierOf(namespace);
    if (!tier || freshMs <= 0) return;
    const nowMs = performance.now();
    const freshUntilMs = nowMs + freshMs;
    const usableUntilMs = Math.min(
      freshUntilMs,
      nowMs + (value === undefined ? Math.min(namespace.negativeMs, namespace.localMs) : namespace.localMs),
    );
    const size = bytes ?? (value === undefined ? 0 : namespace.codec.encode(value).length);
    tier.put(key, { value, freshUntilMs, usableUntilMs }, size, changeNumber);
  }

  private newBudget(): RedisBudget {
    return this.repository.redis.newBudget();
  }
}

const freshMsOf = <T>(namespace: Namespace<T>, value: T | undefined): number =>
  value === undefined ? namespace.negativeMs : namespace.freshMs;

function toAnswer<T>(reading: Reading<T>): CacheAnswer<T> | undefined {
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
      return undefined;
  }
}
