import { randomUUID } from 'node:crypto';
import { Injectable } from '@nestjs/common';
import { InjectRedis, loadScript, type Outcome, RedisClient, shared } from '@app/redis';

const sync = loadScript('sync-2', new URL('./scripts/sync-2.lua', import.meta.url));
const publish = loadScript('publish-1', new URL('./scripts/publish-1.lua', import.meta.url));

/** Renewed by every process that lives: only a deployment that is gone loses what was changed at run time. */
const keptMs = 30 * 86_400_000;
/** A process that was silent for so long is not counted. */
const silenceMs = 10_000;

export interface Sync {
  /** Processes that limit, this one included. */
  readonly processes: number;
  /** Since when the server remembers, by its clock: another answer than before means that it has lost its data. */
  readonly since: string;
  readonly sinceAgoMs: number;
  /** Undefined: Redis holds no policies. */
  readonly version: string | undefined;
  /** Where the version is not the one known here. */
  readonly json: string | undefined;
}

/** `{env}:ratelimits:policies`, a hash `{since, version, json}`, and `{env}:ratelimits:processes`, a sorted set. */
@Injectable()
export class PoliciesRepository {
  private readonly process = randomUUID();
  private readonly processes: string;
  private readonly policies: string;

  constructor(@InjectRedis('limits') private readonly redis: RedisClient) {
    for (const script of [sync, publish]) redis.register(script);
    this.processes = redis.keys.key(shared('ratelimits'), 'processes');
    this.policies = redis.keys.key(shared('ratelimits'), 'policies');
  }

  async sync(knownVersion: string): Promise<Outcome<Sync>> {
    const outcome = await this.redis.run(this.redis.newBudget(), sync, {
      keys: [this.processes, this.policies],
      args: [this.process, silenceMs, knownVersion, keptMs],
    });
    if (outcome.status !== 'ok') return outcome;
    const [processes, since, sinceAgoMs, version, json] = outcome.value as [
      number,
      Buffer,
      number,
      Buffer | null,
      Buffer | null | undefined,
    ];
    const value = {
      processes,
      since: since.toString(),
      sinceAgoMs,
      version: version?.toString(),
      json: json?.toString(),
    };
    return { status: 'ok', value };
  }

  /** False where another version than the one that was read stands there. */
  async publish(readVersion: string | undefined, version: string, json: string): Promise<Outcome<boolean>> {
    const outcome = await this.redis.run(this.redis.newBudget(), publish, {
      keys: [this.policies],
      args: [readVersion ?? '', version, json, keptMs],
    });
    return outcome.status === 'ok' ? { status: 'ok', value: outcome.value === 1 } : outcome;
  }

  /** Says goodbye, so that the others take over this one's share at once. */
  async leave(): Promise<void> {
    await this.redis.command(this.redis.newBudget(), 'ZREM', this.processes, this.process);
  }
}
