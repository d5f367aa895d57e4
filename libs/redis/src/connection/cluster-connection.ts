import keySlot from 'cluster-key-slot';
import { Cluster, type Redis } from 'ioredis';
import type { RedisAddress, RedisTargetConfig } from '@app/config';
import type { ServerAddress } from './address.js';
import { coalesceServerWrites } from './coalesce-writes.js';
import type { RedisConnection } from './redis-connection.js';
import { reconnectDelayMs, socketOptions, type SocketSettings, tlsOptions } from './socket-options.js';

export type ClusterAddress = Extract<RedisAddress, { kind: 'cluster' }>;

/** A connection to every node of a cluster. */
export class ClusterConnection implements RedisConnection {
  readonly commands: Cluster;

  constructor(
    config: RedisTargetConfig,
    private readonly address: ClusterAddress,
    settings: SocketSettings,
  ) {
    this.commands = new Cluster([...address.nodes], {
      lazyConnect: true,
      enableOfflineQueue: false,
      // The check asks a node that may still be connecting and starts over when that fails. openNodes() replaces it.
      enableReadyCheck: false,
      maxRedirections: 4,
      // These options resend a command after its connection was closed, although it may have run.
      retryDelayOnFailover: 0,
      retryDelayOnClusterDown: 0,
      slotsRefreshTimeout: config.socketTimeoutMs,
      slotsRefreshInterval: 5000,
      clusterRetryStrategy: (attempt) => (settings.reconnects ? reconnectDelayMs(attempt) : null),
      redisOptions: { ...socketOptions(config, settings), db: 0, tls: tlsOptions(config, address.tls) },
    });
    this.commands.on('+node', (node: Redis) => {
      coalesceServerWrites(node);
      void this.openNodes();
    });
  }

  get servers(): Redis[] {
    return this.commands.nodes('master');
  }

  get serverAddresses(): ServerAddress[] {
    return this.servers.map(({ options }) => this.addressOf(options.host ?? '', options.port ?? 0));
  }

  /** ioredis would connect to a node with its first command, and lose that command. */
  async open(): Promise<void> {
    await this.commands.connect();
    await this.openNodes();
  }

  /** Leaves nodes that cannot be reached to ioredis. */
  async openNodes(): Promise<void> {
    await Promise.allSettled(this.servers.map(untilReady));
  }

  /** A cluster has only database 0. */
  selectDatabase(): Promise<void> {
    return Promise.resolve();
  }

  addressFor(key: string | undefined): ServerAddress | undefined {
    if (key === undefined) throw new RangeError('In Cluster mode, a lease needs the key that it is for');
    const node = this.commands.slots[keySlot(key)]?.[0];
    const separator = node?.lastIndexOf(':') ?? -1;
    if (!node || separator === -1) return undefined;
    return this.addressOf(node.slice(0, separator), Number(node.slice(separator + 1)));
  }

  private addressOf(host: string, port: number): ServerAddress {
    return { kind: 'standalone', tls: this.address.tls, host, port };
  }
}

async function untilReady(node: Redis): Promise<void> {
  if (node.status === 'ready') return;
  if (node.status === 'wait') return node.connect();
  await new Promise<void>((resolve) => {
    const settle = (): void => {
      node.off('ready', settle).off('close', settle).off('end', settle);
      resolve();
    };
    node.on('ready', settle).on('close', settle).on('end', settle);
  });
}
