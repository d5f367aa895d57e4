import keySlot from 'cluster-key-slot';
import type { Redis } from 'ioredis';
import type { RedisBudget } from '../budget/redis-budget.js';
import type { BoundedCalls } from '../calls/bounded-calls.js';
import { repliesOf } from '../connection/pipeline-replies.js';
import { ok, type Outcome } from '../outcome.js';
import type { RedisScript } from '../scripts/redis-script.js';
import { runScriptEach, type ScriptCall } from '../scripts/script-runner.js';
import { type KeyCommands, type MaybeBytes, minBulkItems, type RedisTransport } from './redis-transport.js';

/** The keys of one slot, and their positions among all keys of a call. */
interface SlotPart {
  readonly keys: string[];
  readonly positions: number[];
}

/** Keys are on different nodes: a command may name only keys of one slot, and a pipeline only keys of one node. */
export class ClusterTransport implements RedisTransport {
  readonly isClustered = true;

  constructor(private readonly calls: BoundedCalls) {}

  /** Sends one MGET per slot. */
  async mget(budget: RedisBudget, keys: readonly string[]): Promise<Outcome<MaybeBytes[]>> {
    if (keys.length === 0) return ok([]);
    const parts = partsBySlot(keys);
    const isBulk = keys.length >= minBulkItems && parts.length === 1;
    const options = { bulk: isBulk, idempotent: isBulk };
    const values = new Array<MaybeBytes>(keys.length);
    const outcomes = await Promise.all(
      parts.map(async (part) => {
        const outcome = await this.calls.run(
          budget,
          'MGET',
          (commands) => commands.mgetBuffer(...part.keys),
          options,
        );
        if (outcome.status !== 'ok') return outcome;
        outcome.value.forEach((value, index) => (values[part.positions[index] as number] = value));
        return outcome;
      }),
    );
    const hasSucceeded = outcomes.some(({ status }) => status === 'ok');
    return hasSucceeded ? ok(values) : (outcomes[0] as Outcome<never>);
  }

  eachKey<I>(
    budget: RedisBudget,
    command: string,
    items: readonly I[],
    send: (commands: KeyCommands, item: I) => unknown,
  ): Promise<Outcome<unknown>[]> {
    return Promise.all(
      items.map((item) =>
        this.calls.run(budget, command, (commands) => send(commands, item) as Promise<unknown>),
      ),
    );
  }

  runMany(
    budget: RedisBudget,
    script: RedisScript,
    calls: readonly ScriptCall[],
  ): Promise<Outcome<Outcome<unknown>[]>> {
    return this.calls.run(budget, script.name, (commands) => runScriptEach(commands, script, calls), {
      bulk: calls.length >= minBulkItems,
    });
  }

  async unlink(server: Redis, keys: readonly Buffer[]): Promise<number> {
    const pipeline = server.pipeline();
    for (const key of keys) pipeline.unlink(key);
    const replies = repliesOf(await pipeline.exec());
    return replies.reduce((sum, [, unlinked]) => sum + Number(unlinked ?? 0), 0);
  }
}

function partsBySlot(keys: readonly string[]): SlotPart[] {
  const parts = new Map<number, SlotPart>();
  keys.forEach((key, position) => {
    const slot = keySlot(key);
    const part = parts.get(slot);
    if (part) {
      part.keys.push(key);
      part.positions.push(position);
    } else parts.set(slot, { keys: [key], positions: [position] });
  });
  return [...parts.values()];
}
