import type { CallOptions } from '../calls/bounded-calls.js';
import { toOutcome } from '../connection/redis.errors.js';
import type { RedisCommands } from '../connection/redis-connection.js';
import { ok, type Outcome } from '../outcome.js';
import type { RedisArgument } from '../pool/leased-connection.js';
import { connectionClosed, repliesOf } from '../connection/pipeline-replies.js';
import type { RedisScript } from './redis-script.js';

/** The arguments of a script, and how it is sent. */
export interface ScriptCall extends CallOptions {
  readonly keys: readonly string[];
  readonly args: readonly RedisArgument[];
}

/** Runs a script with EVALSHA, or with EVAL if the server does not know it: NOSCRIPT means that nothing ran. */
export function runScript(
  commands: RedisCommands,
  { sha1, source }: RedisScript,
  { keys, args }: ScriptCall,
): Promise<unknown> {
  return commands
    .callBuffer('EVALSHA', sha1, keys.length, ...keys, ...args)
    .then(undefined, (error: unknown) => {
      if (!isNoScript(error)) throw error;
      return commands.callBuffer('EVAL', source, keys.length, ...keys, ...args);
    });
}

/** Runs a script once per call, each in a round trip of its own. Returns one outcome per call. */
export function runScriptEach(
  commands: RedisCommands,
  script: RedisScript,
  calls: readonly ScriptCall[],
): Promise<Outcome<unknown>[]> {
  return Promise.all(calls.map((call) => runScript(commands, script, call).then(ok, toOutcome)));
}

/** Runs a script once per call, all in one round trip. Returns one outcome per call. */
export async function runScriptPipelined(
  commands: RedisCommands,
  script: RedisScript,
  calls: readonly ScriptCall[],
): Promise<Outcome<unknown>[]> {
  const pipeline = commands.pipeline();
  for (const { keys, args } of calls)
    pipeline.callBuffer('EVALSHA', script.sha1, keys.length, ...keys, ...args);
  const replies = repliesOf(await pipeline.exec());
  return Promise.all(
    calls.map(async (call, index) => {
      const [error, reply] = replies[index] ?? [connectionClosed()];
      if (!error) return ok(reply);
      if (!isNoScript(error)) return toOutcome(error);
      return runScript(commands, script, call).then(ok, toOutcome);
    }),
  );
}

const isNoScript = (error: unknown): boolean =>
  error instanceof Error && error.message.startsWith('NOSCRIPT');
