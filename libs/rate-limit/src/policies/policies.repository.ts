import { randomUUID } from 'node:crypto';
import { Injectable } from '@nestjs/common';
import { InjectRedis, loadScript, ok, type Outcome, RedisClient, shared } from '@app/redis';
import { decodeDocument, type PolicyDocument } from './policy-document.js';

const sync = loadScript('sync-2', new URL('./scripts/sync-2.lua', import.meta.url));
const publish = loadScript('publish-1', new URL('./scripts/publish-1.lua', import.meta.url));

/** Renewed by every heartbeat, so that changes made at run time last as long as the deployment runs. */
const policiesTtlMs = 30 * 86_400_000;
/** A process without a heartbeat for this long is not counted. */
const silenceMs = 10_000;

export interface Sync {
  /** Processes that share the limits, including this one. */
  readonly processes: number;
  /** When Redis first stored policies, by its clock. A different value than before means that it has lost its data. */
  readonly since: string;
  readonly sinceAgoMs: number;
  /** Undefined if Redis has no policies. */
  readonly version: string | undefined;
  /** The policies, if their version is not the known one. */
  readonly document: PolicyDocument | undefined;
  /** False if another version of Marquee wrote policies that this one does not understand. */
  readonly isReadable: boolean;
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

  /** Sends a heartbeat, and returns the policies if they have changed. */
  async sync(knownVersion: string): Promise<Outcome<Sync>> {
    const outcome = await this.redis.run(this.redis.newBudget(), sync, {
      keys: [this.processes, this.policies],
      args: [this.process, silenceMs, knownVersion, policiesTtlMs],
    });
    if (outcome.status !== 'ok') return outcome;
    const [processes, since, sinceAgoMs, version, json] = outcome.value as [
      number,
      Buffer,
      number,
      Buffer | null,
      Buffer | null | undefined,
    ];
    const document = json ? decodeDocument(json.toString()) : undefined;
    return ok({
      processes,
      since: since.toString(),
      sinceAgoMs,
      version: version?.toString(),
      document,
      isReadable: !json || document !== undefined,
    });
  }

  /** Replaces the policies. Returns false if their version is not the one that was read. */
  async publish(readVersion: string | undefined, document: PolicyDocument): Promise<Outcome<boolean>> {
    const outcome = await this.redis.run(this.redis.newBudget(), publish, {
      keys: [this.policies],
      args: [readVersion ?? '', document.version, JSON.stringify(document), policiesTtlMs],
    });
    return outcome.status === 'ok' ? ok(outcome.value === 1) : outcome;
  }

  /** Removes this process, so that the others take over its share at once. */
  async leave(): Promise<void> {
    await this.redis.command(this.redis.newBudget(), 'ZREM', this.processes, this.process);
  }
}
