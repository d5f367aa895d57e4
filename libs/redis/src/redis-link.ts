import { Logger } from '@nestjs/common';
import type { Redis } from 'ioredis';
import type { RedisConfig, RedisTargetConfig, RedisTargetName } from '@app/config';
import { type BreakerState, RedisBreaker } from './breaker/redis-breaker.js';
import { DeadlineWheel } from './budget/deadline-wheel.js';
import { BoundedCalls } from './calls/bounded-calls.js';
import type { CallObserver } from './calls/call-observer.js';
import { describeAddress, type DialableAddress } from './connection/address.js';
import type { RedisConnection } from './connection/redis-connection.js';
import { FaultLog } from './faults/fault-log.js';
import { RefusalMemory } from './faults/refusal-memory.js';
import type { Outcome, RedisFault } from './outcome.js';
import { RedisUnavailableError } from './pool/pool.errors.js';
import { RedisPool } from './pool/redis-pool.js';
import type { RedisClientStatus } from './redis-client-status.js';
import type { RedisMetrics } from './redis.metrics.js';
import { ScriptRegistry } from './scripts/script-registry.js';

export interface RedisClientOptions {
  readonly name: RedisTargetName;
  readonly target: RedisTargetConfig;
  readonly redis: RedisConfig;
  /** First part of every key. */
  readonly environment: string;
  readonly metrics: RedisMetrics;
}

/** Connects one target, and holds its pool, its breaker, its faults, and the scripts that are loaded on its servers. */
export class RedisLink implements CallObserver {
  readonly calls: BoundedCalls;
  readonly scripts: ScriptRegistry;
  readonly breaker: RedisBreaker;
  private readonly logger = new Logger('Redis');
  private readonly wheel = new DeadlineWheel();
  private readonly faults: FaultLog;
  private readonly refusals: RefusalMemory;
  private address: string;
  private currentPool: RedisPool | undefined;
  private closings = 0;
  private onReady: (() => void) | undefined;

  constructor(private readonly options: RedisClientOptions) {
    const { name, target, redis, metrics } = options;
    this.address = describeAddress(target.address);
    this.scripts = new ScriptRegistry(this.logger);
    this.faults = new FaultLog(name, this.logger, (cause) => metrics.faulted(name, cause));
    this.breaker = new RedisBreaker({
      probe: () => this.probe(),
      onChange: (state, reason) => this.onBreakerChange(state, reason),
    });
    this.refusals = new RefusalMemory(this.breaker, () => this.isConnected);
    this.calls = new BoundedCalls({
      breaker: this.breaker,
      wheel: this.wheel,
      observer: this,
      usualBudgetMs: redis.budgetMs,
      send: (operation, { bulk, idempotent }) =>
        bulk ? this.currentPool?.sendBulk(operation, idempotent) : this.currentPool?.send(operation),
    });
    metrics.observe(name, () => this.status);
  }

  /** How many times the breaker has closed again. */
  get recoveries(): number {
    return this.closings;
  }

  get status(): RedisClientStatus {
    const { address, database } = this.options.target;
    return {
      address: this.address,
      database: address.kind === 'cluster' ? 0 : database,
      connected: this.isConnected,
      breaker: this.breaker.state,
      pool: this.currentPool?.stats,
      refusal: this.faults.refusal,
    };
  }

  /** The pool; undefined before `connect` and after `close`. */
  get pool(): RedisPool | undefined {
    return this.currentPool;
  }

  get isConnected(): boolean {
    return this.currentPool?.isReady ?? false;
  }

  /** The connections to the servers that hold keys. @throws RedisUnavailableError */
  get servers(): Redis[] {
    if (!this.currentPool?.isReady) throw this.unavailableError();
    return this.currentPool.servers;
  }

  /** Connects. Resolves to false if that has failed so far; reconnecting continues until `close`. */
  async connect(address: DialableAddress, attempts: number): Promise<boolean> {
    this.address = describeAddress(address);
    const { name, target, redis, metrics } = this.options;
    const pool = new RedisPool(name, target, address, this.wheel, {
      onReady: (connection) => this.onPoolReady(connection),
      onLost: (fault) => this.breaker.trip((this.refusals.recent() ?? fault).code),
      onLeaseWait: (waitMs) => metrics.leaseWaited(name, waitMs),
    });
    this.currentPool = pool;
    const connected = await pool.connect(attempts, redis.startupTimeoutMs);
    if (!connected && redis.startup === 'degrade') this.breaker.trip(pool.lastFault.code);
    return connected;
  }

  /** Calls back once, as soon as Redis can be used. */
  onceReady(callback: () => void): void {
    this.onReady = callback;
    this.announceReady();
  }

  close(): void {
    this.breaker.dispose();
    this.calls.close();
    this.faults.dispose();
    this.currentPool?.close();
    this.currentPool = undefined;
  }

  unavailableError(): RedisUnavailableError {
    return new RedisUnavailableError(this.options.name, this.currentPool?.lastFault.code ?? 'not connected');
  }

  unavailable(): Outcome<never> {
    const fault = this.refusals.recent() ?? this.currentPool?.lastFault ?? notInitialized;
    return { status: 'unavailable', fault, mayHaveRun: false };
  }

  explain(outcome: Outcome<never>, nowMs: number): Outcome<never> {
    return this.refusals.explain(outcome, nowMs);
  }

  failed(command: string, outcome: Outcome<unknown>): void {
    this.faults.failed(command, outcome);
  }

  ended(status: Outcome<unknown>['status'], durationMs: number): void {
    this.options.metrics.called(this.options.name, status, durationMs);
  }

  private onPoolReady({ servers }: RedisConnection): void {
    void this.scripts.load(servers);
    this.breaker.probeSoon();
    this.announceReady();
  }

  private probe(): Promise<boolean> {
    const pong = this.currentPool?.send((commands) => commands.ping());
    if (!pong) return Promise.resolve(false);
    return this.wheel.race(pong, this.options.redis.budgetMs, {
      onValue: () => true,
      onError: () => false,
      onExpired: () => false,
      onLateValue: () => this.breaker.probeSoon(),
    });
  }

  private onBreakerChange(state: BreakerState, reason: string): void {
    const { name, metrics } = this.options;
    metrics.breakerChanged(name, state);
    if (state === 'closed') {
      this.closings++;
      this.announceReady();
      this.calls.resume();
      this.logger.log(`Redis "${name}" is available again at ${this.address}`);
    } else {
      this.logger.warn(
        `Redis "${name}" at ${this.address} is unavailable (${reason}): the breaker is open, and Marquee works without it while it reconnects`,
      );
    }
  }

  private announceReady(): void {
    if (!this.onReady || !this.isConnected || !this.breaker.isClosed) return;
    const callback = this.onReady;
    this.onReady = undefined;
    callback();
  }
}

const notInitialized: RedisFault = { kind: 'connection', code: 'NOT_INITIALIZED' };
