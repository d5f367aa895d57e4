import { setImmediate as tick } from 'node:timers/promises';
import { beforeEach, describe, expect, it, jest } from '@jest/globals';
import { toMarqueeConfig, validateEnvironment } from '@app/config';
import { RedisBudget } from '@app/redis';
import { Registry } from 'prom-client';
import { CacheLoadTimeoutError } from '../cache.errors.js';
import { jsonCodec } from '../codecs.js';
import { type Lookup, newLookup, type Reading, type ResolvedLookup, withReading } from '../lookup.js';
import { defineNamespace, type Namespace, type NamespaceOptions } from '../namespace.js';
import { CacheTelemetry } from '../telemetry/cache-telemetry.js';
import { CacheMetrics } from '../telemetry/cache.metrics.js';
import type { CacheRepository } from '../tiers/cache.repository.js';
import { LocalTiers } from '../tiers/local-tiers.js';
import { StoreHistory } from '../tiers/store-history.js';
import { TieredStore } from '../tiers/tiered-store.js';
import type { Write, Written } from '../tiers/write.js';
import { CacheTtls } from '../ttl.js';
import { Etags } from './etags.js';
import type { FleetLease, FleetLocks } from './fleet-locks.js';
import { Followers } from './followers.js';
import { Failed, type Load, notModified, Tagged, Unstored } from './loaded.js';
import { Loader } from './loader.js';
import { Refresher } from './refresher.js';
import { Upstream } from './upstream.js';

const config = toMarqueeConfig(validateEnvironment({}));
const found = (value: string, ttlMs = 30_000): Reading<string> => ({
  state: 'found',
  value,
  bytes: 1,
  ttlMs,
});
const keyOf = (id: number): string => `movie:${id}`;

/** Redis as the loader sees it. */
class FakeRepository {
  readonly readings = new Map<string, Reading<string>>();
  readonly writes: Write<number, string>[] = [];
  isAvailable = true;

  newBudget(): RedisBudget {
    return new RedisBudget(75);
  }

  read(_: RedisBudget, __: unknown, lookups: readonly Lookup<number, string>[]) {
    const missing = { state: 'missing' } as const;
    return Promise.resolve(
      lookups.map((lookup) => withReading(lookup, this.readings.get(lookup.key) ?? missing)),
    );
  }

  write(_: RedisBudget, __: unknown, writes: readonly Write<number, string>[]) {
    this.writes.push(...writes);
    for (const { key, value } of writes) if (value !== undefined) this.readings.set(key, found(value));
    return Promise.resolve(writes.map((write): Written<number, string> => ({ ...write, result: 'stored' })));
  }
}

/** The locks of the fleet. */
class FakeLocks {
  /** Keys that another process holds. */
  readonly taken = new Set<string>();
  readonly acquired: string[] = [];
  readonly released: string[] = [];
  onAcquire: () => void = () => undefined;

  acquire<L extends { readonly key: string }>(_: RedisBudget, lookups: readonly L[]): Promise<FleetLease<L>> {
    this.onAcquire();
    const held = lookups.filter(({ key }) => !this.taken.has(key));
    this.acquired.push(...held.map(({ key }) => key));
    return Promise.resolve({
      held,
      taken: lookups.filter(({ key }) => this.taken.has(key)),
      unconfirmed: [],
      keep: () => undefined,
      release: () => void this.released.push(...held.map(({ key }) => key)),
    });
  }
}

describe(Loader.name, () => {
  let repository: FakeRepository;
  let locks: FakeLocks;
  let loader: Loader;

  beforeEach(() => {
    repository = new FakeRepository();
    locks = new FakeLocks();
    const redis = repository as unknown as CacheRepository;
    const fleet = locks as unknown as FleetLocks;
    const metrics = new CacheMetrics(new Registry());
    const telemetry = new CacheTelemetry(metrics, config);
    const [ttls, etags] = [new CacheTtls(config), new Etags()];
    const store = new TieredStore(redis, new LocalTiers(), new StoreHistory(), telemetry, config);
    const upstream = new Upstream(store, etags, ttls, telemetry);
    const refresher = new Refresher(redis, fleet, upstream, etags, ttls, metrics);
    loader = new Loader(store, fleet, new Followers(redis, store, fleet), refresher, upstream);
  });

  const namespaceOf = (options: Partial<NamespaceOptions<number, string>> = {}): Namespace<number, string> =>
    defineNamespace<number, string>({
      name: 'movie',
      keyOf: String,
      codec: jsonCodec<string>(),
      ttlSeconds: 60,
      ...options,
    });

  const echo = jest.fn<Load<number, string>>((missing) =>
    Promise.resolve(missing.map(({ input }) => `loaded ${input}`)),
  );
  beforeEach(() => {
    echo.mockClear();
  });

  const resolve = async (
    ids: readonly number[],
    load: Load<number, string> = echo,
    { refresh = false, namespace = namespaceOf() } = {},
  ): Promise<Record<number, ResolvedLookup<number, string>['result']>> => {
    const request = { namespace, load, budget: new RedisBudget(75), refresh };
    const lookups = ids.map((id) => newLookup<number, string>(id, keyOf(id)));
    const resolved = await loader.resolve(request, lookups);
    return Object.fromEntries(resolved.map(({ input, result }) => [input, result]));
  };
  const loadedIds = (): number[][] => echo.mock.calls.map(([missing]) => missing.map(({ input }) => input));

  it('loads only the misses of a batch, in one call, and stores them', async () => {
    repository.readings.set(keyOf(2), found('cached'));
    expect(await resolve([1, 2, 3])).toMatchObject({
      1: { value: 'loaded 1', outcome: 'miss', stored: true },
      2: { value: 'cached', outcome: 'redis_hit' },
      3: { value: 'loaded 3', outcome: 'miss', stored: true },
    });
    expect(loadedIds()).toEqual([[1, 3]]);
    expect(repository.writes.map(({ key, cause, replace }) => [key, cause, replace])).toEqual([
      [keyOf(1), 'miss', false],
      [keyOf(3), 'miss', false],
    ]);
  });

  it('holds the lock of each key while it loads, and releases it also after a failure', async () => {
    const load = jest.fn<Load<number, string>>(() => {
      expect(locks.acquired).toEqual([keyOf(1)]);
      expect(locks.released).toEqual([]);
      return Promise.reject(new Error('upstream down'));
    });
    await expect(resolve([1], load)).rejects.toThrow('upstream down');
    expect(load).toHaveBeenCalledTimes(1);
    expect(locks.released).toEqual([keyOf(1)]);
  });

  it('does not load a value that another process stored before the lock was acquired', async () => {
    locks.onAcquire = () => repository.readings.set(keyOf(1), found('by another'));
    expect(await resolve([1])).toMatchObject({ 1: { value: 'by another', outcome: 'coalesced' } });
    expect(echo).not.toHaveBeenCalled();
  });

  it('waits for the value that another process is loading', async () => {
    locks.taken.add(keyOf(1));
    const resolved = resolve([1]);
    await tick();
    repository.readings.set(keyOf(1), found('by another'));
    expect(await resolved).toMatchObject({ 1: { value: 'by another', outcome: 'coalesced' } });
    expect(echo).not.toHaveBeenCalled();
  });

  it('loads a value whose lock another process released without storing it', async () => {
    locks.taken.add(keyOf(1));
    const resolved = resolve([1]);
    await tick();
    locks.taken.clear();
    expect(await resolved).toMatchObject({ 1: { value: 'loaded 1', outcome: 'miss' } });
    expect(locks.released).toEqual([keyOf(1)]);
  });

  it('loads without the lock when Redis stops answering a follower', async () => {
    locks.taken.add(keyOf(1));
    const resolved = resolve([1]);
    await tick();
    repository.readings.set(keyOf(1), { state: 'unknown' });
    repository.isAvailable = false;
    expect(await resolved).toMatchObject({ 1: { value: 'loaded 1', redisAnswered: false } });
    expect(locks.acquired).toEqual([]);
  });

  it('rejects a follower after the load timeout', async () => {
    locks.taken.add(keyOf(1));
    await expect(resolve([1], echo, { namespace: namespaceOf({ loadTimeoutMs: 20 }) })).rejects.toThrow(
      CacheLoadTimeoutError,
    );
  });

  it.each<[string, number, Reading<string>, boolean]>([
    ['for a refresh', 1, found('old'), true],
    ['when Redis is down', 1, { state: 'unknown' }, false],
    ['for more than 64 misses', 65, { state: 'missing' }, false],
  ])('loads without locks %s', async (_, count, reading, refresh) => {
    const ids = Array.from({ length: count }, (__, index) => index);
    for (const id of ids) repository.readings.set(keyOf(id), reading);
    expect(Object.values(await resolve(ids, echo, { refresh }))).toHaveLength(count);
    expect(loadedIds()).toEqual([ids]);
    expect(locks.acquired).toEqual([]);
  });

  it.each<[string, Reading<string>]>([
    ['stale', found('old', -1)],
    ['within the refresh window', found('old', 1)],
  ])('serves a value that is %s, and refreshes it in the background', async (_, reading) => {
    repository.readings.set(keyOf(1), reading);
    const namespace = namespaceOf({ staleSeconds: 60, refreshJitter: 0.5 });
    expect(await resolve([1], echo, { namespace })).toMatchObject({ 1: { value: 'old' } });
    while (repository.writes.length === 0) await tick();
    expect(repository.writes[0]).toMatchObject({ value: 'loaded 1', replace: true, cause: 'refresh' });
  });

  it('does not refresh a value early by default', async () => {
    repository.readings.set(keyOf(1), found('old', 1));
    await resolve([1]);
    for (let turn = 0; turn < 5; turn++) await tick();
    expect(echo).not.toHaveBeenCalled();
  });

  it('passes the previous value and its ETag to a refresh, and stores it again if it was not modified', async () => {
    await resolve([1], () => Promise.resolve([new Tagged('old', '"v1"')]));
    repository.readings.set(keyOf(1), found('old', -1));
    const previous: unknown[] = [];
    const load: Load<number, string> = ([lookup]) => {
      previous.push(lookup?.previous);
      return Promise.resolve([notModified]);
    };
    await resolve([1], load, { namespace: namespaceOf({ staleSeconds: 60 }) });
    while (repository.writes.length < 2) await tick();
    expect(previous).toEqual([{ value: 'old', etag: '"v1"' }]);
    expect(repository.writes[1]).toMatchObject({ value: 'old', cause: 'refresh' });
  });

  it('rejects notModified from a load that had no previous value', async () => {
    await expect(resolve([1], () => Promise.resolve([notModified]))).rejects.toThrow(TypeError);
  });

  it('rejects a load that returns too few values', async () => {
    await expect(resolve([1, 2], () => Promise.resolve(['only one']))).rejects.toThrow(
      'returned 1 values for 2 inputs',
    );
    expect(repository.writes).toEqual([]);
  });

  it('stores neither failures nor values that are marked as not to be stored', async () => {
    const load = () => Promise.resolve([new Failed(new Error('no')), new Unstored('once'), 'kept']);
    expect(await resolve([1, 2, 3], load)).toMatchObject({
      1: { outcome: 'error', error: new Error('no'), stored: false },
      2: { value: 'once', outcome: 'miss', stored: false },
      3: { value: 'kept', stored: true },
    });
    expect(repository.writes.map(({ value }) => value)).toEqual(['kept']);
  });

  it.each([
    [0, 0],
    [30, 1],
  ])('stores an absence only with a negative TTL (%i s: %i writes)', async (negativeTtlSeconds, writes) => {
    const namespace = namespaceOf({ negativeTtlSeconds });
    await resolve([1], () => Promise.resolve([undefined]), { namespace });
    expect(repository.writes).toHaveLength(writes);
  });

  it('rejects after the load timeout, and stores the value when the load finishes', async () => {
    let finish: (values: string[]) => void = () => undefined;
    const load = () => new Promise<string[]>((done) => (finish = done));
    const namespace = namespaceOf({ loadTimeoutMs: 20 });
    await expect(resolve([1], load, { namespace })).rejects.toThrow(CacheLoadTimeoutError);
    finish(['late']);
    while (repository.writes.length === 0) await tick();
    expect(repository.writes[0]).toMatchObject({ value: 'late' });
  });
});
