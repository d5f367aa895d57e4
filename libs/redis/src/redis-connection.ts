import { Redis, type RedisOptions } from 'ioredis';
import type { RedisConfig } from '@app/config';

/** A socket-level client of ioredis. Only this room names it. */
export type RedisConnection = Redis;

/** Where to connect, the embedded server's socket included. */
export type ReachableAddress = Exclude<RedisConfig['address'], { kind: 'embedded' }>;

/** The address as people write it; never a password. */
export function describeAddress(address: RedisConfig['address']): string {
  switch (address.kind) {
    case 'embedded':
      return 'embedded';
    case 'unix':
      return `unix://${address.path}`;
    case 'tcp':
      return `${address.tls ? 'rediss' : 'redis'}://${address.host.includes(':') ? `[${address.host}]` : address.host}:${address.port}`;
  }
}

/**
 * Opens nothing yet: `connect()` does. The settings are those that held under every fault that was tried: frozen,
 * killed, black-holed and refusing servers settle each command, a live socket that hangs is found by
 * `socketTimeout`, and nothing is queued offline or sent twice. The bound on a call is the caller's budget.
 */
export function createConnection(
  config: RedisConfig,
  address: ReachableAddress,
  name: string,
): RedisConnection {
  return new Redis({
    ...toTarget(config, address),
    db: config.database,
    ...(config.username === undefined ? {} : { username: config.username }),
    ...(config.password === undefined ? {} : { password: config.password }),
    connectionName: name,
    lazyConnect: true,
    connectTimeout: config.connectTimeoutMs,
    socketTimeout: config.socketTimeoutMs,
    // Covers the handshake too, so it must outlast a slow link's; our own deadlines are shorter.
    commandTimeout: 2 * config.socketTimeoutMs,
    disconnectTimeout: 100,
    maxRetriesPerRequest: 0,
    enableOfflineQueue: false,
    autoResendUnfulfilledCommands: false,
    retryStrategy: (attempt) => Math.min(50 * attempt, 500) + Math.random() * 50,
    // A replica left behind by a failover: one reconnect finds the master again.
    reconnectOnError: (error) => error.message.startsWith('READONLY'),
  });
}

function toTarget(config: RedisConfig, address: ReachableAddress): RedisOptions {
  if (address.kind === 'unix') return { path: address.path };
  return {
    host: address.host,
    port: address.port,
    ...(address.tls ? { tls: config.certificateAuthority ? { ca: config.certificateAuthority } : {} } : {}),
  };
}
