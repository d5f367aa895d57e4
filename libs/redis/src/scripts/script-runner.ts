import { Cluster } from 'ioredis';
import type { RedisConnection } from '../connection/redis-connection.js';
import { toOutcome, toRedisFault } from '../connection/redis.errors.js';
import { ok, type Outcome } from '../outcome.js';
import type { RedisArgument } from '../pool/leased-connection.js';
import type { RedisScript } from './redis-script.js';

export interface ScriptCall {
  readonly keys: readonly string[];
  readonly args: readonly RedisArgument[];
  /** Whether running the script twice does no harm: the call is then sent again when its connection was lost. */
  readonly idempotent?: boolean;
  /** Whether the reply may be large: it then travels on a bulk connection, so that no small command waits behind it. */
  readonly bulk?: boolean;
}

/** EVALSHA, and EVAL where the server does not know the script: NOSCRIPT means that nothing ran. */
export function runScript(
  connection: RedisConnection,
  { sha1, source }: RedisScript,
  { keys, args }: ScriptCall,
): Promise<unknown> {
  return connection
    .callBuffer('EVALSHA', sha1, keys.length, ...keys, ...args)
    .then(undefined, (error: unknown) => {
      if (!isNoScript(error)) throw error;
      return connection.callBuffer('EVAL', source, keys.length, ...keys, ...args);
    });
}

/**
 * The script once for each call, in one go; one outcome a call. A cluster's pipeline may span the slots of one
 * node only, so there each call goes its own way.
 */
export async function runScripts(
  connection: RedisConnection,
  script: RedisScript,
  calls: readonly ScriptCall[],
): Promise<Outcome<unknown>[]> {
  if (connection instanceof Cluster) {
    return Promise.all(calls.map((call) => runScript(connection, script, call).then(ok, toOutcome)));
  }
  const pipeline = connection.pipeline();
  for (const { keys, args } of calls)
    pipeline.callBuffer('EVALSHA', script.sha1, keys.length, ...keys, ...args);
  const replies = answered(await pipeline.exec());
  return Promise.all(
    calls.map(async (call, index) => {
      const [error, reply] = replies[index] ?? [new Error('Connection is closed.')];
      if (!error) return ok(reply);
      if (!isNoScript(error)) return toOutcome(error);
      return runScript(connection, script, call).then(ok, toOutcome);
    }),
  );
}

type PipelineReplies = [error: Error | null, reply: unknown][];

/** The replies of a pipeline. A socket that was lost under it fails it whole, and so rejects. */
export function answered(replies: PipelineReplies | null): PipelineReplies {
  const [first] = replies ?? [];
  if (!replies || !first) throw new Error('Connection is closed.');
  const isLost = replies.every(([error]) => error && toRedisFault(error).kind === 'connection');
  if (isLost) throw first[0] ?? new Error('Connection is closed.');
  return replies;
}

const isNoScript = (error: unknown): boolean =>
  error instanceof Error && error.message.startsWith('NOSCRIPT');
