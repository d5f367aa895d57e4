import { getEnvironmentData, setEnvironmentData } from 'node:worker_threads';
import type { ValueProvider } from '@nestjs/common';
import { Redis } from 'ioredis';
import { Registry } from 'prom-client';
import { toMarqueeConfig, validateEnvironment } from '@app/config';
import { EmbeddedRedis } from '../embedded/embedded-redis.js';
import { RedisClient } from '../redis-client.js';
import { RedisMetrics } from '../redis.metrics.js';
import { redisTargetToken, targetNames } from '../targets/redis-targets.js';

/** A real Redis server for tests, shared by all spec files of a process. */
export interface TestRedis {
  /** Environment variables for Marquee: `REDIS_URL`, and a budget that is long enough on a busy machine. */
  readonly variables: Readonly<Record<string, string>>;
  /** A connected client, as `@InjectRedis()` injects it. Its keys begin with `test:`. */
  readonly client: RedisClient;
  /** The same client as a provider for each Redis target, for a Nest testing module without `RedisModule`. */
  readonly providers: readonly ValueProvider<RedisClient>[];
  /** A plain ioredis connection, to check what was stored. */
  readonly raw: Redis;
  /** Deletes every key. */
  flush(): Promise<void>;
  /** Closes the client and the connection. The server keeps running for the next spec file, and ends with the process. */
  close(): void;
}

/** The hooks of a test runner, such as those of `@jest/globals`. */
export interface TestHooks {
  beforeAll(hook: () => Promise<void>): unknown;
  beforeEach(hook: () => Promise<void>): unknown;
  afterAll(hook: () => void): unknown;
}

const startTimeoutMs = 10_000;
/** Tests check replies, not their speed. */
const budgetMs = 2_000;
/** Jest gives each spec file its own modules and globals. This store of Node.js belongs to the process. */
const socketPathKey = 'marquee:test-redis:socket-path';

/**
 * Connects to the server that the spec files of this process share, and starts it if this is the first one.
 *
 * @throws EmbeddedRedisError if no redis-server or valkey-server is installed
 */
export async function startTestRedis(): Promise<TestRedis> {
  const path = await sharedServer();
  const variables = { REDIS_URL: `unix://${path}`, REDIS_BUDGET_MS: `${budgetMs}`, ENV: 'test' };
  const { redis, environment } = toMarqueeConfig(validateEnvironment(variables));
  const client = new RedisClient({
    name: 'cache',
    target: redis.targets.cache,
    redis,
    environment,
    metrics: new RedisMetrics(new Registry()),
  });
  const raw = new Redis({ path, maxRetriesPerRequest: null });
  await client.connect({ kind: 'unix', path, isEmbedded: true }, Infinity);
  return {
    variables,
    client,
    providers: targetNames.map((name) => ({ provide: redisTargetToken(name), useValue: client })),
    raw,
    flush: async () => void (await raw.flushall()),
    close: () => {
      client.close();
      raw.disconnect();
    },
  };
}

/**
 * Registers hooks that start the shared server before the tests of a spec file, empty it before each of them and
 * disconnect after the last.
 *
 * ```ts
 * import { afterAll, beforeAll, beforeEach, expect, it } from '@jest/globals';
 * import { useTestRedis } from '@app/redis/testing';
 *
 * const redis = useTestRedis({ beforeAll, beforeEach, afterAll });
 *
 * it('stores a result', async () => {
 *   const tasks = new TasksRepository(redis.client);
 *   …
 * });
 * ```
 */
export function useTestRedis(hooks: TestHooks): Omit<TestRedis, 'close'> {
  let started: TestRedis | undefined;
  const running = (): TestRedis => {
    if (!started) throw new Error('The test Redis starts in beforeAll: use it within a test or a later hook');
    return started;
  };
  hooks.beforeAll(async () => void (started = await startTestRedis()));
  hooks.beforeEach(() => running().flush());
  hooks.afterAll(() => started?.close());
  return {
    get variables() {
      return running().variables;
    },
    get client() {
      return running().client;
    },
    get providers() {
      return running().providers;
    },
    get raw() {
      return running().raw;
    },
    flush: () => running().flush(),
  };
}

let starting: Promise<string> | undefined;

/** Returns the path of the shared server's socket. */
function sharedServer(): Promise<string> {
  const running = getEnvironmentData(socketPathKey);
  if (typeof running === 'string') return Promise.resolve(running);
  starting ??= start();
  return starting;
}

async function start(): Promise<string> {
  const server = new EmbeddedRedis();
  const path = await server.start(startTimeoutMs);
  // It ends with the process.
  server.unref();
  setEnvironmentData(socketPathKey, path);
  return path;
}
