import { Cluster, Redis, type RedisOptions } from 'ioredis';
import { coalesceWrites } from './coalesce-writes.js';
import type { HostAndPort, RedisAddress, RedisTargetConfig } from '@app/config';

/** A client of ioredis: one socket, or one a node in Cluster mode. Only this room names it. */
export type RedisConnection = Redis | Cluster;

/** An address that can be dialled: the embedded server's is its socket. */
export type DialableAddress = Exclude<RedisAddress, { kind: 'embedded' }>;

export interface ConnectionOptions {
  /** As CLIENT LIST shows it. */
  readonly name: string;
  /** Whether it is opened anew when it is lost. */
  readonly reconnects: boolean;
  /** Blocking commands are silent for long: no `socketTimeout`, no `commandTimeout`. */
  readonly blocking: boolean;
  /** Listens for invalidations: RESP2, for ioredis drops RESP3's, and it arms itself anew. */
  readonly listens?: boolean;
}

/** The address as people write it; never a password. */
export function describeAddress(address: RedisAddress): string {
  switch (address.kind) {
    case 'embedded':
      return 'embedded';
    case 'unix':
      return `unix://${address.path}`;
    case 'standalone':
      return `${scheme(address)}://${hostList([address])}`;
    case 'sentinel':
      return `${scheme(address)}-sentinel://${hostList(address.sentinels)}/${address.master}`;
    case 'cluster':
      return `${scheme(address)}-cluster://${hostList(address.nodes)}`;
  }
}

const scheme = ({ tls }: { tls: boolean }): string => (tls ? 'rediss' : 'redis');

const hostList = (hosts: readonly HostAndPort[]): string =>
  hosts.map(({ host, port }) => `${host.includes(':') ? `[${host}]` : host}:${port}`).join(',');

/**
 * Opens nothing yet: `connect()` does. The settings are those that held under every fault that was tried: frozen,
 * killed, black-holed and refusing servers settle each command, a live socket that hangs is found by
 * `socketTimeout`, and nothing is queued offline or sent twice. The bound on a call is the caller's budget.
 */
export function createConnection(
  config: RedisTargetConfig,
  address: DialableAddress,
  options: ConnectionOptions,
): RedisConnection {
  const connection = newConnection(config, address, options);
  if (connection instanceof Cluster) connection.on('+node', (node: Redis) => coalesce(node));
  else coalesce(connection);
  return connection;
}

const coalesce = (server: Redis): void => void server.on('connect', () => coalesceWrites(server.stream));

function newConnection(
  config: RedisTargetConfig,
  address: DialableAddress,
  options: ConnectionOptions,
): RedisConnection {
  const socket = socketOptions(config, options);
  switch (address.kind) {
    case 'unix':
      return new Redis({ ...socket, path: address.path });
    case 'standalone':
      return new Redis({
        ...socket,
        host: address.host,
        port: address.port,
        tls: tlsOptions(config, address.tls),
      });
    case 'sentinel':
      return new Redis({
        ...socket,
        sentinels: [...address.sentinels],
        name: address.master,
        sentinelPassword: config.sentinelPassword,
        sentinelCommandTimeout: config.socketTimeoutMs,
        sentinelRetryStrategy: reconnectDelayMs,
        // Without it a manual failover loses eleven seconds of acknowledged writes in silence, with it one.
        failoverDetector: true,
        tls: tlsOptions(config, address.tls),
        enableTLSForSentinelMode: address.tls,
        sentinelTLS: tlsOptions(config, address.tls),
      });
    case 'cluster':
      return new Cluster([...address.nodes], {
        lazyConnect: true,
        enableOfflineQueue: false,
        // It asks a node that may still be connecting, and starts all over when that refuses. We open the nodes ourselves.
        enableReadyCheck: false,
        maxRedirections: 4,
        // These repeat a command after its connection closed: it may have run.
        retryDelayOnFailover: 0,
        retryDelayOnClusterDown: 0,
        slotsRefreshTimeout: config.socketTimeoutMs,
        slotsRefreshInterval: 5000,
        clusterRetryStrategy: (attempt) => (options.reconnects ? reconnectDelayMs(attempt) : null),
        redisOptions: { ...socket, db: 0, tls: tlsOptions(config, address.tls) },
      });
  }
}

/** Between two reconnects to a server that stays read-only. */
const readOnlyReconnectMs = 2000;

function socketOptions(
  config: RedisTargetConfig,
  { name, reconnects, blocking, listens }: ConnectionOptions,
): RedisOptions {
  return {
    db: config.database,
    username: config.username,
    password: config.password,
    connectionName: name,
    lazyConnect: true,
    connectTimeout: config.connectTimeoutMs,
    ...(blocking
      ? {}
      : {
          socketTimeout: config.socketTimeoutMs,
          // Covers the handshake too, so it must outlast a slow link's; our own deadlines are shorter.
          commandTimeout: 2 * config.socketTimeoutMs,
        }),
    ...(listens ? { protocol: 2, autoResubscribe: false } : {}),
    disconnectTimeout: 100,
    maxRetriesPerRequest: 0,
    // One look a reconnect: ioredis would otherwise wait while a server loads, and we have our own probe.
    maxLoadingRetryTime: 500,
    enableOfflineQueue: false,
    autoResendUnfulfilledCommands: false,
    retryStrategy: (attempt) => (reconnects ? reconnectDelayMs(attempt) : null),
    reconnectOnError: whenReadOnly(),
  };
}

/**
 * A replica left behind by a failover: a reconnect finds the master again. Where the address keeps leading to the
 * replica, one a while is enough, for each costs everyone the connection.
 */
function whenReadOnly(): (error: Error) => boolean {
  let lastMs = -Infinity;
  return (error) => {
    if (!error.message.startsWith('READONLY') || performance.now() - lastMs < readOnlyReconnectMs)
      return false;
    lastMs = performance.now();
    return true;
  };
}

/** Bounded, growing and jittered. */
const reconnectDelayMs = (attempt: number): number => Math.min(50 * attempt, 500) + Math.random() * 50;

const tlsOptions = ({ certificateAuthority }: RedisTargetConfig, tls: boolean) =>
  tls ? { ca: certificateAuthority } : undefined;

/** Connects, in Cluster mode to every master: ioredis would open each with its first command, and lose that. */
export async function openConnection(connection: RedisConnection): Promise<void> {
  await connection.connect();
  await openNodes(connection);
}

/**
 * Opens what is not open of a cluster's nodes: without an offline queue ioredis refuses commands for a node that is
 * connecting. A node that cannot be reached is left to ioredis.
 */
export async function openNodes(connection: RedisConnection): Promise<void> {
  if (connection instanceof Redis) return;
  await Promise.allSettled(connection.nodes('master').map((node) => untilReady(node)));
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

/** The connections to single servers: itself, or each master of a cluster. */
export function serversOf(connection: RedisConnection): Redis[] {
  return connection instanceof Cluster ? connection.nodes('master') : [connection];
}
