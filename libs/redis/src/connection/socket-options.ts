import type { RedisOptions } from 'ioredis';
import type { RedisTargetConfig } from '@app/config';

/** What a connection is used for. */
export interface SocketSettings {
  /** The name that CLIENT LIST shows. */
  readonly name: string;
  /** Whether ioredis connects again after the connection was lost. */
  readonly reconnects?: boolean;
  /** Whether it sends blocking commands, whose replies may take long: it then has no socket or command timeout. */
  readonly blocking?: boolean;
  /**
   * Whether it receives invalidation messages. ioredis drops those of RESP3, so the connection uses RESP2. It subscribes
   * itself each time it is ready.
   */
  readonly listens?: boolean;
}

/**
 * Returns the ioredis options of a socket. With these, every command settles when a server freezes, dies, refuses
 * connections or drops packets; `socketTimeout` finds sockets that hang; and nothing is queued offline or sent twice. The
 * caller's budget, not these options, bounds a call.
 */
export function socketOptions(
  config: RedisTargetConfig,
  { name, reconnects = false, blocking = false, listens = false }: SocketSettings,
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
          // Also covers the handshake, which is slow on a slow link. Callers' own deadlines are shorter.
          commandTimeout: 2 * config.socketTimeoutMs,
        }),
    ...(listens ? { protocol: 2, autoResubscribe: false } : {}),
    disconnectTimeout: 100,
    maxRetriesPerRequest: 0,
    // Checks once per reconnect. By default ioredis waits while a server loads its data, but the breaker probes by itself.
    maxLoadingRetryTime: 500,
    enableOfflineQueue: false,
    autoResendUnfulfilledCommands: false,
    retryStrategy: (attempt) => (reconnects ? reconnectDelayMs(attempt) : null),
    reconnectOnError: whenReadOnly(),
  };
}

/** Returns the growing, jittered and bounded delay before a reconnect. */
export const reconnectDelayMs = (attempt: number): number => Math.min(50 * attempt, 500) + Math.random() * 50;

export const tlsOptions = ({ certificateAuthority }: RedisTargetConfig, tls: boolean) =>
  tls ? { ca: certificateAuthority } : undefined;

/** Minimum time between two reconnects to a server that stays read-only. */
const readOnlyReconnectMs = 2000;

/**
 * Reconnects from a read-only replica, because after a failover the same address leads to the new master. If it keeps
 * leading to a replica, reconnects are rare: each one costs every caller the connection.
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
