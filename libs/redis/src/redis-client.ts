import { Logger } from '@nestjs/common';
import keySlot from 'cluster-key-slot';
import { Cluster, type Redis } from 'ioredis';
import type { RedisConfig, RedisTargetConfig, RedisTargetName } from '@app/config';
import { type BreakerState, RedisBreaker } from './breaker/redis-breaker.js';
import { DeadlineWheel } from './budget/deadline-wheel.js';
import { RedisBudget } from './budget/redis-budget.js';
import { BoundedCalls } from './calls/bounded-calls.js';
import {
  describeAddress,
  type DialableAddress,
  type RedisConnection,
  serversOf,
} from './connection/redis-connection.js';
import { toOutcome, toRedisFault } from './connection/redis.errors.js';
import { FaultLog } from './faults/fault-log.js';
import { InvalidationFeed, type InvalidationListener } from './invalidation/invalidation-feed.js';
import { KeySpace } from './keys/key-space.js';
import { type WalkOptions, walkKeys } from './keys/key-walk.js';
import { miss, ok, type Outcome, type RedisFault } from './outcome.js';
import type { LeasedConnection, RedisArgument } from './pool/leased-connection.js';
import { RedisUnavailableError } from './pool/pool.errors.js';
import { type LeaseOptions, RedisPool } from './pool/redis-pool.js';
import type { RedisClientStatus } from './redis-client-status.js';
import type { RedisMetrics } from './redis.metrics.js';
import { answered, runScript, runScripts, type ScriptCall } from './scripts/script-runner.js';
import type { RedisScript } from './scripts/redis-script.js';

export interface RedisClientOptions {
  readonly name: RedisTargetName;
  readonly target: RedisTargetConfig;
  readonly redis: RedisConfig;
  /** First part of every key. */
  readonly environment: string;
  readonly metrics: RedisMetrics;
}

/** A value of `getMany`: bytes, null where there are none, undefined where its node did not answer. */
export type MaybeBytes = Buffer | null | undefined;

/** A value and what is left of its life. */
export interface ValueWithTtl {
  readonly bytes: Buffer;
  readonly ttlMs: number;
}

export interface Entry {
  readonly key: string;
  readonly bytes: Buffer;
  readonly ttlMs: number;
}

type KeyCommander =
  Pick<ReturnType<RedisConnection['pipeline']>, 'pttl' | 'set' | 'unlink'> | RedisConnection;
type PipelineReplies = [error: Error | null, reply: unknown][];

const notInitialized: Outcome<never> = {
  status: 'unavailable',
  fault: { kind: 'connection', code: 'NOT_INITIALIZED' },
  mayHaveRun: false,
};

/** What fails within this time of a refusal fails for it. */
const refusalMs = 1000;
/** From so many keys or calls on, a round trip is a bulk transfer. */
const bulkFrom = 8;

/**
 * One Redis target, shared by every repository that lives on it. Calls answer an `Outcome` within the caller's budget,
 * whatever the server or the socket does; they never reject.
 *
 * A call on the usual budget fails at once while Redis is away, and is never repeated. A call on a larger budget is patient:
 * within that budget it waits for a Redis that comes and goes, and is sent again where it certainly did not run, or may
 * run twice.
 */
export class RedisClient {
  readonly keys: KeySpace;
  private readonly logger = new Logger('Redis');
  private readonly wheel = new DeadlineWheel();
  private readonly breaker: RedisBreaker;
  private readonly calls: BoundedCalls;
  private readonly faults: FaultLog;
  private readonly scripts = new Map<string, RedisScript>();
  private pool: RedisPool | undefined;
  private feed: InvalidationFeed | undefined;
  private returns = 0;
  /** Why a server that answers last would not serve, and when. */
  private refused: { readonly fault: RedisFault; readonly atMs: number } | undefined;
  private openedMs = 0;
  private firstUse: (() => void) | undefined;
  private address: string;

  constructor(private readonly options: RedisClientOptions) {
    this.keys = new KeySpace(options.environment, options.target.address.kind === 'cluster');
    this.address = describeAddress(options.target.address);
    this.breaker = new RedisBreaker({
      probe: () => this.answersProbe(),
      onChange: (state, reason) => this.onBreakerChange(state, reason),
    });
    this.faults = new FaultLog(options.name, this.logger, (cause) =>
      options.metrics.faulted(options.name, cause),
    );
    this.calls = new BoundedCalls(this.breaker, this.wheel, {
      usualBudgetMs: options.redis.budgetMs,
      away: () => this.away(),
      explain: (outcome, nowMs) => this.explained(outcome, nowMs),
      onFailure: (command, outcome) => this.faults.failed(command, outcome),
      onOutcome: (status, durationMs) => options.metrics.called(options.name, status, durationMs),
    });
    options.metrics.observe(options.name, () => this.status);
  }

  get name(): RedisTargetName {
    return this.options.name;
  }

  get status(): RedisClientStatus {
    return {
      address: this.address,
      database: this.options.target.address.kind === 'cluster' ? 0 : this.options.target.database,
      connected: this.pool?.small !== undefined,
      breaker: this.breaker.state,
      pool: this.pool?.stats,
      refusal: this.faults.refusal,
    };
  }

  /** True between the first attempt to connect and the end. */
  get isInitialized(): boolean {
    return this.pool !== undefined;
  }

  /** How often Redis has come back: whoever keeps something of its state notices here that it may have been lost. */
  get recoveries(): number {
    return this.returns;
  }

  /** Why Redis is away, when it is. */
  get lastFault(): RedisFault | undefined {
    return this.pool?.lastFault;
  }

  /** A budget for one request. */
  newBudget(): RedisBudget {
    return new RedisBudget(this.options.redis.budgetMs);
  }

  /** Connects; false when that failed for now. Trying goes on until `close`. */
  async connect(address: DialableAddress, attempts: number): Promise<boolean> {
    this.address = describeAddress(address);
    const { name, target, metrics } = this.options;
    this.pool = new RedisPool(name, target, address, this.wheel, {
      onReady: (connection) => {
        void this.loadScripts(connection);
        this.breaker.probeSoon();
        this.announceFirst();
      },
      onLost: (fault) => this.breaker.trip((this.recentRefusal(performance.now()) ?? fault).code),
      onLeaseWait: (waitMs) => metrics.leaseWaited(name, waitMs),
    });
    const connected = await this.pool.connect(attempts, this.options.redis.startupTimeoutMs);
    if (!connected && this.options.redis.startup === 'degrade') this.breaker.trip(this.pool.lastFault.code);
    return connected;
  }

  /** Calls back once, when Redis can first be used: now, or whenever it comes. */
  onFirstUse(callback: () => void): void {
    this.firstUse = callback;
    this.announceFirst();
  }

  close(): void {
    this.breaker.dispose();
    this.calls.close();
    this.faults.dispose();
    this.feed?.close();
    this.pool?.close();
    this.pool = undefined;
  }

  /** PING. */
  ping(budget: RedisBudget): Promise<Outcome<string>> {
    return this.call(budget, 'PING', (connection) => connection.ping());
  }

  /** INFO of one server; in Cluster mode of any master. */
  info(budget: RedisBudget): Promise<Outcome<string>> {
    return this.call(budget, 'INFO', (connection) => connection.info());
  }

  /** GET: a key's bytes, or a miss. */
  async get(budget: RedisBudget, key: string): Promise<Outcome<Buffer>> {
    const outcome = await this.call(budget, 'GET', (connection) => connection.getBuffer(key));
    if (outcome.status !== 'ok') return outcome;
    return outcome.value === null ? miss : ok(outcome.value);
  }

  /** MGET, in Cluster mode one a slot: each key's value in order. Fails only when no part was answered. */
  async getMany(budget: RedisBudget, keys: readonly string[]): Promise<Outcome<MaybeBytes[]>> {
    const parts = this.partsBySlot(keys);
    const operation = (part: readonly number[]) => (connection: RedisConnection) =>
      connection.mgetBuffer(...part.map((index) => keys[index] as string));
    const isBulk = keys.length >= bulkFrom && parts.length === 1;
    const outcomes = await Promise.all(
      parts.map((part) =>
        isBulk
          ? this.bulkCall(budget, 'MGET', operation(part), true)
          : this.call(budget, 'MGET', operation(part)),
      ),
    );
    const values = new Array<MaybeBytes>(keys.length);
    outcomes.forEach((outcome, number) => {
      if (outcome.status !== 'ok') return;
      const replies = outcome.value;
      parts[number]?.forEach((index, position) => (values[index] = replies[position]));
    });
    const answered = outcomes.some(({ status }) => status === 'ok');
    return answered || keys.length === 0 ? ok(values) : (outcomes[0] as Outcome<never>);
  }

  /** The values of `getMany`, each with what is left of its life in ms: Infinity where it has no TTL. */
  async getManyWithTtl(
    budget: RedisBudget,
    keys: readonly string[],
  ): Promise<Outcome<(ValueWithTtl | null | undefined)[]>> {
    const [values, ttls] = await Promise.all([
      this.getMany(budget, keys),
      this.eachKey(budget, 'PTTL', keys, (pipeline, key) => pipeline.pttl(key)),
    ]);
    if (values.status !== 'ok') return values;
    return ok(
      values.value.map((bytes, index) => {
        const ttl = ttls[index];
        if (!bytes) return bytes;
        if (ttl?.status !== 'ok') return undefined;
        // -2: gone in between. -1: no TTL.
        const ttlMs = Number(ttl.value);
        return ttlMs === -2 ? null : { bytes, ttlMs: ttlMs === -1 ? Infinity : ttlMs };
      }),
    );
  }

  /** SET … PX for each entry, in one round trip; one outcome an entry. */
  setMany(budget: RedisBudget, entries: readonly Entry[]): Promise<Outcome<unknown>[]> {
    const byKey = new Map(entries.map((entry) => [entry.key, entry]));
    return this.eachKey(budget, 'SET', [...byKey.keys()], (pipeline, key) => {
      const { bytes, ttlMs } = byKey.get(key) as Entry;
      return pipeline.set(key, bytes, 'PX', Math.max(1, Math.round(ttlMs)));
    });
  }

  /** UNLINK: how many keys there were. */
  async delete(budget: RedisBudget, keys: readonly string[]): Promise<Outcome<number>> {
    const outcomes = await this.eachKey(budget, 'UNLINK', keys, (pipeline, key) => pipeline.unlink(key));
    const failed = outcomes.find(({ status }) => status !== 'ok');
    if (failed) return failed as Outcome<never>;
    return ok(
      outcomes.reduce((sum, outcome) => sum + (outcome.status === 'ok' ? Number(outcome.value) : 0), 0),
    );
  }

  /**
   * Walks every key that a pattern matches, on every master, at a pace that other clients do not feel, and hands each
   * page to `onPage` together with a way to UNLINK it. For purges, never for requests.
   *
   * @throws RedisUnavailableError when Redis is away, the signal's reason when aborted
   */
  async walk(
    options: WalkOptions,
    onPage: (keys: readonly string[], unlink: () => Promise<number>) => Promise<void>,
  ): Promise<void> {
    const connection = this.pool?.small;
    if (!connection) throw new RedisUnavailableError(this.name, this.lastFault?.code ?? 'not connected');
    for (const server of serversOf(connection)) {
      await walkKeys(server, options, (keys) =>
        onPage(
          keys.map((key) => key.toString()),
          () => unlinkAll(server, keys, connection instanceof Cluster),
        ),
      );
    }
  }

  /** Listens for changes of keys that begin with one of these, until the client is closed or listens for others. */
  track(prefixes: readonly string[], listener: InvalidationListener): void {
    const pool = this.pool;
    if (!pool) return;
    this.feed?.close();
    this.feed = new InvalidationFeed(
      { servers: () => pool.servers, open: (address) => pool.listener(address) },
      prefixes,
      listener,
    );
  }

  /** True while changes of watched keys are told. */
  get isTracking(): boolean {
    return this.feed?.isComplete ?? false;
  }

  /**
   * Any other command on one key; bytes come back as bytes. Never repeated: after a `timeout` or a lost connection
   * `mayHaveRun` says what is not known.
   */
  command(
    budget: RedisBudget,
    name: string,
    key: string,
    ...args: RedisArgument[]
  ): Promise<Outcome<unknown>> {
    return this.call(budget, name, (connection) => connection.callBuffer(name, key, ...args));
  }

  /** The same for commands of two words, whose key comes after both: `XGROUP CREATE`, `XINFO GROUPS`. */
  subcommand(
    budget: RedisBudget,
    name: string,
    subcommand: string,
    key: string,
    ...args: RedisArgument[]
  ): Promise<Outcome<unknown>> {
    return this.call(budget, `${name} ${subcommand}`, (connection) =>
      connection.callBuffer(name, subcommand, key, ...args),
    );
  }

  /** Makes a script known: it is loaded on every server on connecting. */
  register(script: RedisScript): void {
    this.scripts.set(script.name, script);
  }

  /** Runs a script. It runs at most once, unless the call is marked as idempotent. */
  run(budget: RedisBudget, script: RedisScript, call: ScriptCall): Promise<Outcome<unknown>> {
    const operation = (connection: RedisConnection) => runScript(connection, script, call);
    return call.bulk
      ? this.bulkCall(budget, script.name, operation, call.idempotent)
      : this.call(budget, script.name, operation, call.idempotent);
  }

  /** Runs a script once for each call, in one round trip (in Cluster mode one each); answers one outcome a call. */
  async runMany(
    budget: RedisBudget,
    script: RedisScript,
    calls: readonly ScriptCall[],
  ): Promise<Outcome<Outcome<unknown>[]>> {
    const operation = (connection: RedisConnection) => runScripts(connection, script, calls);
    const outcome = await (calls.length >= bulkFrom
      ? this.bulkCall(budget, script.name, operation)
      : this.call(budget, script.name, operation));
    if (outcome.status === 'ok') for (const each of outcome.value) this.faults.failed(script.name, each);
    return outcome;
  }

  /**
   * Lends `use` a connection of its own, for blocking commands and WATCH … EXEC.
   *
   * @throws PoolExhaustedError when none was free in time, RedisUnavailableError when Redis is away
   */
  lease<T>(options: LeaseOptions, use: (connection: LeasedConnection) => Promise<T>): Promise<T> {
    if (!this.pool || !this.breaker.isClosed) {
      return Promise.reject(new RedisUnavailableError(this.name, this.lastFault?.code ?? 'not connected'));
    }
    return this.pool.lease(options, use);
  }

  /** One command a key: a pipeline, in Cluster mode each by itself. One outcome a key. */
  private async eachKey(
    budget: RedisBudget,
    command: string,
    keys: readonly string[],
    add: (commander: KeyCommander, key: string) => unknown,
  ): Promise<Outcome<unknown>[]> {
    const connection = this.pool?.small;
    if (connection instanceof Cluster) {
      return Promise.all(
        keys.map((key) => this.call(budget, command, () => add(connection, key) as Promise<unknown>)),
      );
    }
    const operation = async (single: RedisConnection): Promise<PipelineReplies> => {
      const pipeline = single.pipeline();
      for (const key of keys) add(pipeline, key);
      return answered(await pipeline.exec());
    };
    if (keys.length === 0) return [];
    const outcome = await (keys.length >= bulkFrom
      ? this.bulkCall(budget, command, operation)
      : this.call(budget, command, operation));
    if (outcome.status !== 'ok') return keys.map(() => outcome);
    return keys.map((_, index) => {
      const [error, reply] = outcome.value[index] ?? [new Error('Connection is closed.')];
      if (!error) return ok(reply);
      const failed = toOutcome(error);
      this.faults.failed(command, failed);
      return failed;
    });
  }

  private call<T>(
    budget: RedisBudget,
    command: string,
    operation: (connection: RedisConnection) => Promise<T>,
    idempotent?: boolean,
  ): Promise<Outcome<T>> {
    const start = (): Promise<T> | undefined => {
      const connection = this.pool?.small;
      return connection && operation(connection);
    };
    return this.calls.run(budget, { command, start, idempotent });
  }

  /** A read may be repeated once: its bulk socket may be found broken only by using it. */
  private bulkCall<T>(
    budget: RedisBudget,
    command: string,
    operation: (connection: RedisConnection) => Promise<T>,
    idempotent?: boolean,
  ): Promise<Outcome<T>> {
    const transfer = async (bulk: RedisPool): Promise<T> => {
      try {
        return await bulk.withBulk(operation);
      } catch (error) {
        if (!idempotent || toRedisFault(error).kind !== 'connection') throw error;
        return bulk.withBulk(operation);
      }
    };
    return this.calls.run(budget, {
      command,
      start: () => (this.pool?.small ? transfer(this.pool) : undefined),
    });
  }

  private noteRefusal(outcome: Outcome<never>, nowMs: number): void {
    if (outcome.status === 'unavailable' && outcome.fault.kind === 'not-serving')
      this.refused = { fault: outcome.fault, atMs: nowMs };
  }

  /** A connection that was closed for a refusal, or a breaker that it opened, says so rather than "closed". */
  private recentRefusal(nowMs: number): RedisFault | undefined {
    if (!this.refused) return undefined;
    const isRecent = nowMs - this.refused.atMs < refusalMs;
    const hasOpenedBreaker = !this.breaker.isClosed && this.refused.atMs > this.openedMs - refusalMs;
    return isRecent || (hasOpenedBreaker && this.pool?.small) ? this.refused.fault : undefined;
  }

  private explained(outcome: Outcome<never>, nowMs: number): Outcome<never> {
    this.noteRefusal(outcome, nowMs);
    if (outcome.status !== 'unavailable' || outcome.fault.code !== 'CLOSED') return outcome;
    const fault = this.recentRefusal(nowMs);
    return fault ? { ...outcome, fault } : outcome;
  }

  private away(): Outcome<never> {
    const fault = this.recentRefusal(performance.now()) ?? this.lastFault;
    return fault ? { status: 'unavailable', fault, mayHaveRun: false } : notInitialized;
  }

  /** Positions of keys that one command may name together. */
  private partsBySlot(keys: readonly string[]): number[][] {
    const all = keys.map((_, index) => index);
    if (!(this.pool?.small instanceof Cluster)) return keys.length === 0 ? [] : [all];
    const parts = new Map<number, number[]>();
    for (const index of all) {
      const slot = keySlot(keys[index] as string);
      const part = parts.get(slot);
      if (part) part.push(index);
      else parts.set(slot, [index]);
    }
    return [...parts.values()];
  }

  private answersProbe(): Promise<boolean> {
    const connection = this.pool?.small;
    if (!connection) return Promise.resolve(false);
    return new Promise((resolve) => {
      const deadline = this.wheel.add(this.options.redis.budgetMs, () => resolve(false));
      connection.ping().then(
        () => (deadline.settle() ? resolve(true) : this.breaker.probeSoon()),
        () => deadline.settle() && resolve(false),
      );
    });
  }

  private onBreakerChange(state: BreakerState, reason: string): void {
    this.options.metrics.breakerChanged(this.name, state);
    if (state === 'open') this.openedMs = performance.now();
    if (state === 'closed') {
      this.returns++;
      this.announceFirst();
      this.calls.resume();
    }
    if (state === 'closed') this.logger.log(`Redis "${this.name}" is back at ${this.address}`);
    else {
      this.logger.warn(
        `Redis "${this.name}" at ${this.address} is away (${reason}); breaker open, serving without it and reconnecting`,
      );
    }
  }

  private announceFirst(): void {
    if (!this.firstUse || !this.pool?.small || !this.breaker.isClosed) return;
    const callback = this.firstUse;
    this.firstUse = undefined;
    callback();
  }

  private async loadScripts(connection: RedisConnection): Promise<void> {
    for (const server of serversOf(connection)) {
      for (const script of this.scripts.values()) {
        try {
          await server.script('LOAD', script.source);
        } catch (error) {
          // Not lost: the first EVALSHA meets NOSCRIPT and sends the source.
          this.logger.debug(`Script ${script.name} was not loaded: ${toRedisFault(error).code}`);
        }
      }
    }
  }
}

/** One command, in Cluster mode one a key: they are of many slots. */
async function unlinkAll(server: Redis, keys: readonly Buffer[], clustered: boolean): Promise<number> {
  if (!clustered) return server.unlink(...keys);
  const pipeline = server.pipeline();
  for (const key of keys) pipeline.unlink(key);
  return answered(await pipeline.exec()).reduce((sum, [, unlinked]) => sum + Number(unlinked ?? 0), 0);
}
