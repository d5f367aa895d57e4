import type { Redis } from 'ioredis';
import type { RedisBudget } from '../budget/redis-budget.js';
import type { RedisCommands } from '../connection/redis-connection.js';
import type { Outcome } from '../outcome.js';
import type { RedisScript } from '../scripts/redis-script.js';
import type { ScriptCall } from '../scripts/script-runner.js';

/** A value of MGET: bytes, null if there is no such key, undefined if its node did not reply. */
export type MaybeBytes = Buffer | null | undefined;

/** What can be sent by itself or as part of a pipeline. */
export type KeyCommands =
  Pick<ReturnType<RedisCommands['pipeline']>, 'pttl' | 'set' | 'unlink'> | RedisCommands;

/** How calls with several keys are spread over the servers of a target. */
export interface RedisTransport {
  /** Whether keys may be on different servers. */
  readonly isClustered: boolean;

  /** MGET: each key's value, in order. Fails only if no part of it succeeded. */
  mget(budget: RedisBudget, keys: readonly string[]): Promise<Outcome<MaybeBytes[]>>;

  /** Sends one command per item. Returns one outcome per item, in order. */
  eachKey<I>(
    budget: RedisBudget,
    command: string,
    items: readonly I[],
    send: (commands: KeyCommands, item: I) => unknown,
  ): Promise<Outcome<unknown>[]>;

  /** Runs a script once per call. Returns one outcome per call, in order. */
  runMany(
    budget: RedisBudget,
    script: RedisScript,
    calls: readonly ScriptCall[],
  ): Promise<Outcome<Outcome<unknown>[]>>;

  /** Unlinks keys of one server. Returns how many existed. */
  unlink(server: Redis, keys: readonly Buffer[]): Promise<number>;
}

/** A call with at least this many keys or script calls is a bulk transfer. */
export const minBulkItems = 8;
