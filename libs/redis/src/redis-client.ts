import type { RedisTargetName } from '@app/config';
import { RedisBudget } from './budget/redis-budget.js';
import type { BoundedCalls } from './calls/bounded-calls.js';
import type { DialableAddress } from './connection/address.js';
import type { RedisCommands } from './connection/redis-connection.js';
import { InvalidationFeed, type InvalidationListener } from './invalidation/invalidation-feed.js';
import { KeySpace } from './keys/key-space.js';
import { type PageHandler, type WalkOptions, walkKeys } from './keys/key-walk.js';
import { miss, ok, type Outcome, type RedisFault } from './outcome.js';
import type { LeasedConnection, RedisArgument } from './pool/leased-connection.js';
import type { LeaseOptions } from './pool/leased-connections.js';
import type { RedisClientStatus } from './redis-client-status.js';
import { type RedisClientOptions, RedisLink } from './redis-link.js';
import type { RedisScript } from './scripts/redis-script.js';
import { runScript, type ScriptCall } from './scripts/script-runner.js';
import { createTransport } from './transports/create-transport.js';
import type { MaybeBytes, RedisTransport } from './transports/redis-transport.js';
import { type Entry, type MaybeValueWithTtl, readWithTtl, store, unlink } from './values.js';

/**
 * The client of one Redis target, shared by all repositories whose keys are there. Calls resolve to an `Outcome` within the
 * caller's budget, whatever happens to the server or the socket; they never reject. `BoundedCalls` describes how a call is sent.
 */
export class RedisClient {
  readonly name: RedisTargetName;
  readonly keys: KeySpace;
  private readonly link: RedisLink;
  private readonly calls: BoundedCalls;
  private readonly transport: RedisTransport;
  private feed: InvalidationFeed | undefined;

  constructor(private readonly options: RedisClientOptions) {
    const { name, target, environment } = options;
    this.name = name;
    this.link = new RedisLink(options);
    this.calls = this.link.calls;
    this.transport = createTransport(target.address, this.calls);
    this.keys = new KeySpace(environment, this.transport.isClustered);
  }

  get status(): RedisClientStatus {
    return this.link.status;
  }

  /** Whether `connect` was called, and `close` was not. */
  get isInitialized(): boolean {
    return this.link.pool !== undefined;
  }

  /** How many times Redis has become available again. If it has grown, what was stored in Redis may have been lost. */
  get recoveries(): number {
    return this.link.recoveries;
  }

  /** Why Redis is unavailable, if it is. */
  get lastFault(): RedisFault | undefined {
    return this.link.pool?.lastFault;
  }

  /** Returns a budget for one request. */
  newBudget(): RedisBudget {
    return new RedisBudget(this.options.redis.budgetMs);
  }

  /** Connects. Resolves to false if that has failed so far; reconnecting continues until `close`. */
  connect(address: DialableAddress, attempts: number): Promise<boolean> {
    return this.link.connect(address, attempts);
  }

  /** Calls back once, as soon as Redis can be used. */
  onceReady(callback: () => void): void {
    this.link.onceReady(callback);
  }

  close(): void {
    this.feed?.close();
    this.link.close();
  }

  /** PING. */
  ping(budget: RedisBudget): Promise<Outcome<string>> {
    return this.calls.run(budget, 'PING', (commands) => commands.ping());
  }

  /** INFO of one server; in Cluster mode of any master. */
  info(budget: RedisBudget): Promise<Outcome<string>> {
    return this.calls.run(budget, 'INFO', (commands) => commands.info());
  }

  /** GET: a key's bytes, or a miss. */
  async get(budget: RedisBudget, key: string): Promise<Outcome<Buffer>> {
    const outcome = await this.calls.run(budget, 'GET', (commands) => commands.getBuffer(key));
    if (outcome.status !== 'ok') return outcome;
    return outcome.value === null ? miss : ok(outcome.value);
  }

  /** The same as `get`, on a bulk connection: for a value that would delay small replies. */
  async getLarge(budget: RedisBudget, key: string): Promise<Outcome<Buffer>> {
    const send = (commands: RedisCommands) => commands.getBuffer(key);
    const outcome = await this.calls.run(budget, 'GET', send, { bulk: true, idempotent: true });
    if (outcome.status !== 'ok') return outcome;
    return outcome.value === null ? miss : ok(outcome.value);
  }

  /** SET … PX on a bulk connection: for a value that would delay small commands. */
  setLarge(budget: RedisBudget, { key, bytes, ttlMs }: Entry): Promise<Outcome<unknown>> {
    const send = (commands: RedisCommands) => commands.set(key, bytes, 'PX', Math.max(1, Math.round(ttlMs)));
    return this.calls.run(budget, 'SET', send, { bulk: true, idempotent: true });
  }

  /** MGET, in Cluster mode one per slot: each key's value, in order. Fails only if no part of it succeeded. */
  getMany(budget: RedisBudget, keys: readonly string[]): Promise<Outcome<MaybeBytes[]>> {
    return this.transport.mget(budget, keys);
  }

  /** Like `getMany`, with each value's remaining TTL. */
  getManyWithTtl(budget: RedisBudget, keys: readonly string[]): Promise<Outcome<MaybeValueWithTtl[]>> {
    return readWithTtl(this.transport, budget, keys);
  }

  /** Stores entries with SET … PX, in one round trip. Returns one outcome per entry. */
  setMany(budget: RedisBudget, entries: readonly Entry[]): Promise<Outcome<unknown>[]> {
    return store(this.transport, budget, entries);
  }

  /** UNLINK. Returns how many of the keys existed. */
  delete(budget: RedisBudget, keys: readonly string[]): Promise<Outcome<number>> {
    return unlink(this.transport, budget, keys);
  }

  /**
   * Runs any other command on one key, at most once, and returns its reply as bytes. After a timeout or a lost connection,
   * `mayHaveRun` says whether it may have run.
   */
  command(
    budget: RedisBudget,
    name: string,
    key: string,
    ...args: RedisArgument[]
  ): Promise<Outcome<unknown>> {
    return this.calls.run(budget, name, (commands) => commands.callBuffer(name, key, ...args));
  }

  /** Like `command`, for commands of two words followed by the key: `XGROUP CREATE`, `XINFO GROUPS`. */
  subcommand(
    budget: RedisBudget,
    name: string,
    subcommand: string,
    key: string,
    ...args: RedisArgument[]
  ): Promise<Outcome<unknown>> {
    return this.calls.run(budget, `${name} ${subcommand}`, (commands) =>
      commands.callBuffer(name, subcommand, key, ...args),
    );
  }

  /** Loads a script on every server that connects from now on. */
  register(script: RedisScript): void {
    this.link.scripts.add(script);
  }

  /** Runs a script, at most once unless the call is idempotent. */
  run(budget: RedisBudget, script: RedisScript, call: ScriptCall): Promise<Outcome<unknown>> {
    return this.calls.run(budget, script.name, (commands) => runScript(commands, script, call), call);
  }

  /** Runs a script once per call, in one round trip (in Cluster mode one each). Returns one outcome per call. */
  async runMany(
    budget: RedisBudget,
    script: RedisScript,
    calls: readonly ScriptCall[],
  ): Promise<Outcome<Outcome<unknown>[]>> {
    const outcome = await this.transport.runMany(budget, script, calls);
    if (outcome.status === 'ok')
      for (const each of outcome.value) this.calls.reportFailure(script.name, each);
    return outcome;
  }

  /**
   * Walks all keys that match a pattern, on every master, throttled so that other clients are not affected. Passes each page to
   * `onPage`, with a function that unlinks its keys. For purges, not for requests.
   *
   * @throws RedisUnavailableError, and the signal's reason if it is aborted
   */
  async walk(options: WalkOptions, onPage: PageHandler): Promise<void> {
    const { transport } = this;
    await walkKeys(this.link.servers, (server, keys) => transport.unlink(server, keys), options, onPage);
  }

  /** Reports changes of keys with these prefixes to the listener. It replaces an earlier listener. */
  track(prefixes: readonly string[], listener: InvalidationListener): void {
    const { pool } = this.link;
    if (!pool) return;
    this.feed?.close();
    this.feed = new InvalidationFeed(pool, prefixes, listener);
  }

  /** Whether every change of a tracked key is reported. */
  get isTracking(): boolean {
    return this.feed?.isComplete ?? false;
  }

  /**
   * Lends `use` an exclusive connection, for blocking commands and WATCH … EXEC.
   *
   * @throws PoolExhaustedError if none is free in time, RedisUnavailableError
   */
  lease<T>(options: LeaseOptions, use: (connection: LeasedConnection) => Promise<T>): Promise<T> {
    const { pool, breaker } = this.link;
    if (!pool || !breaker.isClosed) return Promise.reject(this.link.unavailableError());
    return pool.lease(options, use);
  }
}
