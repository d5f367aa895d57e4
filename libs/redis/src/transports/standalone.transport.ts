import type { Redis } from 'ioredis';
import type { RedisBudget } from '../budget/redis-budget.js';
import type { BoundedCalls } from '../calls/bounded-calls.js';
import { connectionClosed, repliesOf } from '../connection/pipeline-replies.js';
import { toOutcome } from '../connection/redis.errors.js';
import { ok, type Outcome } from '../outcome.js';
import type { RedisScript } from '../scripts/redis-script.js';
import { runScriptPipelined, type ScriptCall } from '../scripts/script-runner.js';
import { type KeyCommands, type MaybeBytes, minBulkItems, type RedisTransport } from './redis-transport.js';

/** All keys are on one server: each call takes one round trip. */
export class StandaloneTransport implements RedisTransport {
  readonly isClustered = false;

  constructor(private readonly calls: BoundedCalls) {}

  async mget(budget: RedisBudget, keys: readonly string[]): Promise<Outcome<MaybeBytes[]>> {
    if (keys.length === 0) return ok([]);
    const isBulk = keys.length >= minBulkItems;
    return this.calls.run(budget, 'MGET', (commands) => commands.mgetBuffer(...keys), {
      bulk: isBulk,
      idempotent: isBulk,
    });
  }

  async eachKey<I>(
    budget: RedisBudget,
    command: string,
    items: readonly I[],
    send: (commands: KeyCommands, item: I) => unknown,
  ): Promise<Outcome<unknown>[]> {
    if (items.length === 0) return [];
    const outcome = await this.calls.run(
      budget,
      command,
      async (commands) => {
        const pipeline = commands.pipeline();
        for (const item of items) send(pipeline, item);
        return repliesOf(await pipeline.exec());
      },
      { bulk: items.length >= minBulkItems },
    );
    if (outcome.status !== 'ok') return items.map(() => outcome);
    return items.map((_, index) => {
      const [error, reply] = outcome.value[index] ?? [connectionClosed()];
      if (!error) return ok(reply);
      const failed = toOutcome(error);
      this.calls.reportFailure(command, failed);
      return failed;
    });
  }

  runMany(
    budget: RedisBudget,
    script: RedisScript,
    calls: readonly ScriptCall[],
  ): Promise<Outcome<Outcome<unknown>[]>> {
    return this.calls.run(budget, script.name, (commands) => runScriptPipelined(commands, script, calls), {
      bulk: calls.length >= minBulkItems,
    });
  }

  unlink(server: Redis, keys: readonly Buffer[]): Promise<number> {
    return server.unlink(...keys);
  }
}
