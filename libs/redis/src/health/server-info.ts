import { Injectable, type OnApplicationBootstrap, type OnApplicationShutdown } from '@nestjs/common';
import type { RedisTargetName } from '@app/config';
import { Counter, Gauge, Registry } from 'prom-client';
import type { RedisClient } from '../redis-client.js';
import { RedisTargets } from '../targets/redis-targets.js';

/** The state of a server according to INFO, in the terms of the Redis documentation. */
export interface ServerInfo {
  readonly version: string | undefined;
  readonly connected_clients: number | undefined;
  readonly used_memory_bytes: number | undefined;
  readonly used_memory_human: string | undefined;
  readonly peak_memory_bytes: number | undefined;
  readonly max_memory_bytes: number | undefined;
  /** `maxmemory-policy`: what the server does when it is full. */
  readonly eviction_policy: string | undefined;
  /** ISO 8601. */
  readonly last_save_time: string | undefined;
  readonly keyspace_hits: number | undefined;
  readonly keyspace_misses: number | undefined;
  /** Share of lookups that were hits since the server started, from 0 to 1; undefined before the first lookup. */
  readonly hit_rate: number | undefined;
  readonly commands_processed: number | undefined;
  readonly ops_per_second: number | undefined;
  readonly expired_keys: number | undefined;
  readonly evicted_keys: number | undefined;
}

const intervalMs = 5000;

/** The name and help text of each metric. Those that end in `_total` are counters. An unavailable server has none. */
const metrics = {
  connected_clients: ['connected_clients', 'Clients connected to the server'],
  used_memory_bytes: ['used_memory_bytes', 'Memory in use'],
  peak_memory_bytes: ['peak_memory_bytes', 'Peak memory use'],
  max_memory_bytes: ['max_memory_bytes', 'maxmemory; 0 means no limit'],
  keyspace_hits: ['keyspace_hits_total', 'Lookups that found a key, since the server started'],
  keyspace_misses: ['keyspace_misses_total', 'Lookups that found no key, since the server started'],
  commands_processed: ['commands_processed_total', 'Commands processed since the server started'],
  ops_per_second: ['ops_per_second', 'Commands per second, as reported by the server'],
  expired_keys: ['expired_keys_total', 'Keys that expired, since the server started'],
  evicted_keys: ['evicted_keys_total', 'Keys evicted because memory was full, since the server started'],
} as const;

/** Reads INFO of every target every few seconds, so that health checks and scrapes do not send it. */
@Injectable()
export class ServerInfoService implements OnApplicationBootstrap, OnApplicationShutdown {
  private readonly latest = new Map<RedisTargetName, ServerInfo>();
  private timer: NodeJS.Timeout | undefined;

  constructor(
    private readonly targets: RedisTargets,
    registry: Registry,
  ) {
    const { latest } = this;
    for (const [field, [name, help]] of Object.entries(metrics)) {
      const read = (metric: { reset(): void }, set: (target: string, value: number) => void): void => {
        metric.reset();
        for (const [target, info] of latest) {
          const value = info[field as keyof typeof metrics];
          if (value !== undefined) set(target, value);
        }
      };
      const options = {
        name: `marquee_redis_server_${name}`,
        help,
        labelNames: ['target'] as const,
        registers: [],
      };
      registry.registerMetric(
        name.endsWith('_total')
          ? new Counter({
              ...options,
              collect() {
                read(this, (target, value) => this.inc({ target }, value));
              },
            })
          : new Gauge({
              ...options,
              collect() {
                read(this, (target, value) => this.set({ target }, value));
              },
            }),
      );
    }
  }

  /** Returns the last reading; undefined while the target is unavailable. */
  of(target: RedisTargetName): ServerInfo | undefined {
    return this.latest.get(target);
  }

  async onApplicationBootstrap(): Promise<void> {
    this.timer = setInterval(() => void this.readAll(), intervalMs);
    this.timer.unref();
    await this.readAll();
  }

  onApplicationShutdown(): void {
    clearInterval(this.timer);
  }

  private async readAll(): Promise<void> {
    await Promise.all(this.targets.dedicated.map((client) => this.read(client)));
  }

  private async read(client: RedisClient): Promise<void> {
    const outcome = client.isInitialized ? await client.info(client.newBudget()) : undefined;
    if (outcome?.status === 'ok') this.latest.set(client.name, parseInfo(outcome.value));
    else this.latest.delete(client.name);
  }
}

/** Parses the reply of INFO. A field that the server does not report is undefined. */
export function parseInfo(text: string): ServerInfo {
  const fields = new Map(
    [...text.matchAll(/^([a-z_]+):([^\r\n]*)/gm)].map(([, name, value]) => [name, value]),
  );
  const number = (name: string): number | undefined => {
    const value = Number(fields.get(name) || Number.NaN);
    return Number.isNaN(value) ? undefined : value;
  };
  const [hits, misses, savedSeconds] = [
    number('keyspace_hits'),
    number('keyspace_misses'),
    number('rdb_last_save_time'),
  ];
  const lookups = (hits ?? 0) + (misses ?? 0);
  return {
    version: fields.get('redis_version'),
    connected_clients: number('connected_clients'),
    used_memory_bytes: number('used_memory'),
    used_memory_human: fields.get('used_memory_human'),
    peak_memory_bytes: number('used_memory_peak'),
    max_memory_bytes: number('maxmemory'),
    eviction_policy: fields.get('maxmemory_policy'),
    last_save_time: savedSeconds === undefined ? undefined : new Date(savedSeconds * 1000).toISOString(),
    keyspace_hits: hits,
    keyspace_misses: misses,
    hit_rate: lookups === 0 ? undefined : (hits ?? 0) / lookups,
    commands_processed: number('total_commands_processed'),
    ops_per_second: number('instantaneous_ops_per_sec'),
    expired_keys: number('expired_keys'),
    evicted_keys: number('evicted_keys'),
  };
}
