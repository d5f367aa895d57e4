import { Logger, type OnApplicationShutdown, type OnModuleInit } from '@nestjs/common';
import type { MarqueeConfig } from '@app/config';
import { DeadlineWheel } from './budget/deadline-wheel.js';
import { RedisBudget } from './budget/redis-budget.js';
import { EmbeddedRedis, RedisServerMissingError } from './embedded/embedded-redis.js';
import { KeySpace } from './keys/key-space.js';
import { miss, ok, type Outcome } from './outcome.js';
import { createConnection, describeAddress, type RedisConnection } from './redis-connection.js';
import { type RedisFault, RedisStartupError, toRedisFault } from './redis.errors.js';
import type { RedisScript } from './scripts/redis-script.js';
import { warnAboutServerSettings } from './server-policy.js';

export type RedisArgument = string | number | Buffer;

export interface ScriptCall {
  readonly keys: readonly string[];
  readonly args: readonly RedisArgument[];
}

const notConnected: Outcome<never> = {
  status: 'unavailable',
  fault: { kind: 'connection', code: 'NOT_CONNECTED' },
  mayHaveRun: false,
};
const budgetSpent: Outcome<never> = { status: 'timeout', mayHaveRun: false };
const timedOut: Outcome<never> = { status: 'timeout', mayHaveRun: true };

/**
 * The client that every repository shares. Its calls answer an `Outcome` within the caller's budget; they never
 * reject, queue or repeat.
 */
export class RedisClient implements OnModuleInit, OnApplicationShutdown {
  readonly keys: KeySpace;
  private readonly logger = new Logger('Redis');
  private readonly wheel = new DeadlineWheel();
  private readonly embedded: EmbeddedRedis | undefined;
  private readonly scripts = new Map<string, RedisScript>();
  private connection: RedisConnection | undefined;
  private lastFault: RedisFault | undefined;
  private reportedUp: boolean | undefined;
  private address: string;

  constructor(private readonly config: MarqueeConfig) {
    this.keys = new KeySpace(config.environment, false);
    this.embedded = config.redis.address.kind === 'embedded' ? new EmbeddedRedis() : undefined;
    this.address = describeAddress(config.redis.address);
  }

  /** Where the server is, without secrets. */
  get description(): string {
    return this.embedded ? `embedded (${this.address})` : this.address;
  }

  /** True between the first attempt to connect and shutdown. */
  get isInitialized(): boolean {
    return this.connection !== undefined;
  }

  get isConnected(): boolean {
    return this.connection?.status === 'ready';
  }

  /** A budget for one request. */
  newBudget(): RedisBudget {
    return new RedisBudget(this.config.redis.budgetMs);
  }

  /** Connects, or decides to serve without Redis. @throws RedisStartupError with `REDIS_STARTUP=fail-fast` */
  async onModuleInit(): Promise<void> {
    const address = await this.reachableAddress();
    if (!address) return;
    this.address = describeAddress(address);
    this.connection = createConnection(this.config.redis, address, 'marquee');
    this.watch(this.connection);
    if (await this.firstConnection(this.connection)) return;
    const reason = this.lastFault?.code ?? 'no answer in time';
    if (this.config.redis.startup === 'fail-fast') {
      await this.onApplicationShutdown();
      throw new RedisStartupError(
        this.address,
        reason,
        'Start the server, correct REDIS_URL (or REDIS_HOST and REDIS_PORT), or set REDIS_STARTUP=degrade to serve without it.',
      );
    }
    this.reportDown();
  }

  async onApplicationShutdown(): Promise<void> {
    this.connection?.disconnect();
    this.connection?.removeAllListeners('close');
    this.connection = undefined;
    await this.embedded?.stop();
  }

  /** PING. */
  ping(budget: RedisBudget): Promise<Outcome<string>> {
    return this.send(budget, (connection) => connection.ping());
  }

  /** INFO, as one text. */
  info(budget: RedisBudget): Promise<Outcome<string>> {
    return this.send(budget, (connection) => connection.info());
  }

  /** MGET: each key's bytes in order, null where there is none or it is no string. */
  getMany(budget: RedisBudget, keys: readonly string[]): Promise<Outcome<(Buffer | null)[]>> {
    return this.send(budget, (connection) => connection.mgetBuffer(...keys));
  }

  /** GET: a key's bytes, or a miss. */
  async get(budget: RedisBudget, key: string): Promise<Outcome<Buffer>> {
    const outcome = await this.send(budget, (connection) => connection.getBuffer(key));
    if (outcome.status !== 'ok') return outcome;
    return outcome.value === null ? miss : ok(outcome.value);
  }

  /** Makes a script known: it is loaded on every connection before its first use in a pipeline. */
  register(script: RedisScript): void {
    this.scripts.set(script.name, script);
    if (this.isConnected) this.loadScripts();
  }

  /** One EVALSHA for each call, in one pipeline; answers one outcome a call. Only NOSCRIPT is ever repeated. */
  runMany(
    budget: RedisBudget,
    script: RedisScript,
    calls: readonly ScriptCall[],
  ): Promise<Outcome<Outcome<unknown>[]>> {
    return this.send(budget, async (connection) => {
      const replies = await evaluateMany(connection, script, calls);
      return replies.map(([error, reply]) => (error ? toOutcome(error) : ok(reply)));
    });
  }

  /**
   * One bounded call. The promise that `operation` returns may settle after the deadline: it is listened to, so
   * a late reply or rejection harms nobody.
   */
  private send<T>(
    budget: RedisBudget,
    operation: (connection: RedisConnection) => Promise<T>,
  ): Promise<Outcome<T>> {
    const connection = this.connection;
    if (connection?.status !== 'ready') return Promise.resolve(notConnected);
    const { remainingMs } = budget;
    if (remainingMs <= 0) return Promise.resolve(budgetSpent);
    budget.begin();
    return new Promise((resolve) => {
      const finish = (outcome: Outcome<T>): void => {
        budget.end();
        resolve(outcome);
      };
      const deadline = this.wheel.add(remainingMs, () => finish(timedOut));
      operation(connection).then(
        (value) => {
          if (deadline.settle()) finish(ok(value));
        },
        (error: unknown) => {
          if (deadline.settle()) finish(toOutcome(error));
        },
      );
    });
  }

  private async reachableAddress() {
    const { address } = this.config.redis;
    if (address.kind !== 'embedded') return address;
    try {
      return { kind: 'unix' as const, path: await (this.embedded as EmbeddedRedis).start() };
    } catch (error) {
      if (!(error instanceof RedisServerMissingError)) throw error;
      const remedy =
        'Install it (Debian: apt-get install redis-server; macOS: brew install redis) or set REDIS_URL.';
      if (this.config.redis.startup === 'fail-fast') {
        throw new RedisStartupError('embedded', error.message, remedy);
      }
      this.logger.warn(`Serving without Redis: ${error.message}. ${remedy}`);
      return undefined;
    }
  }

  /** True once ready; false after the configured attempts or time. */
  private firstConnection(connection: RedisConnection): Promise<boolean> {
    const { startupTimeoutMs, startupRetryAttempts } = this.config.redis;
    return new Promise((resolve) => {
      let failures = 0;
      const finish = (ready: boolean): void => {
        clearTimeout(timer);
        connection.off('ready', onReady).off('close', onClose);
        resolve(ready);
      };
      const onReady = (): void => finish(true);
      const onClose = (): void => {
        // The embedded server is ours and coming up: only time counts there.
        if (!this.embedded && ++failures > startupRetryAttempts) finish(false);
      };
      const timer = setTimeout(() => finish(false), startupTimeoutMs);
      connection.on('ready', onReady).on('close', onClose);
      connection.connect().catch((error: unknown) => {
        this.lastFault = toRedisFault(error);
      });
    });
  }

  private watch(connection: RedisConnection): void {
    connection.on('error', (error: unknown) => {
      this.lastFault = toRedisFault(error);
    });
    connection.on('ready', () => {
      this.loadScripts();
      this.reportUp(connection);
    });
    connection.on('close', () => {
      if (this.reportedUp) this.reportDown();
    });
  }

  private reportUp(connection: RedisConnection): void {
    if (this.reportedUp === false) this.logger.log(`Redis is back at ${this.address}`);
    if (this.reportedUp === undefined) void warnAboutServerSettings(connection, this.logger);
    this.reportedUp = true;
  }

  private reportDown(): void {
    this.reportedUp = false;
    this.logger.warn(
      `Redis at ${this.address} is away (${this.lastFault?.code ?? 'closed'}); serving without it and reconnecting`,
    );
  }

  private loadScripts(): void {
    for (const script of this.scripts.values()) {
      this.connection?.script('LOAD', script.source).catch((error: unknown) => {
        this.logger.warn(`Script ${script.name} was not loaded: ${toRedisFault(error).code}`);
      });
    }
  }
}

function toOutcome(error: unknown): Outcome<never> {
  const fault = toRedisFault(error);
  if (fault.kind === 'connection') return { status: 'unavailable', fault, mayHaveRun: true };
  if (fault.kind === 'not-serving' || fault.kind === 'denied') {
    return { status: 'unavailable', fault, mayHaveRun: false };
  }
  return { status: 'error', fault };
}

/** NOSCRIPT means that a call did not run, so those calls, and only those, go out again with the source. */
async function evaluateMany(
  connection: RedisConnection,
  script: RedisScript,
  calls: readonly ScriptCall[],
): Promise<PipelineReply[]> {
  const replies = await pipelined(connection, calls, (pipeline, { keys, args }) =>
    pipeline.evalsha(script.sha1, keys.length, ...keys, ...args),
  );
  const missing = calls.flatMap((_, index) => (isNoScript(replies[index]?.[0]) ? [index] : []));
  if (missing.length > 0) {
    const repeated = await pipelined(
      connection,
      missing.map((index) => calls[index] as ScriptCall),
      (pipeline, { keys, args }) => pipeline.eval(script.source, keys.length, ...keys, ...args),
    );
    missing.forEach((index, position) => {
      replies[index] = repeated[position] as PipelineReply;
    });
  }
  return replies;
}

type Pipeline = ReturnType<RedisConnection['pipeline']>;
type PipelineReply = [error: Error | null, reply: unknown];

async function pipelined(
  connection: RedisConnection,
  calls: readonly ScriptCall[],
  add: (pipeline: Pipeline, call: ScriptCall) => unknown,
): Promise<PipelineReply[]> {
  const pipeline = connection.pipeline();
  for (const call of calls) add(pipeline, call);
  return (await pipeline.exec()) ?? [];
}

const isNoScript = (error: Error | null | undefined): boolean =>
  error?.message.startsWith('NOSCRIPT') ?? false;
