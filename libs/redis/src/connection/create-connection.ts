import type { RedisTargetConfig } from '@app/config';
import type { DialableAddress } from './address.js';
import { ClusterConnection } from './cluster-connection.js';
import type { RedisConnection } from './redis-connection.js';
import type { SocketSettings } from './socket-options.js';
import { StandaloneConnection } from './standalone-connection.js';

/** Creates a connection to a target. It connects when `open()` is called. */
export const createConnection = (
  config: RedisTargetConfig,
  address: DialableAddress,
  settings: SocketSettings,
): RedisConnection =>
  address.kind === 'cluster'
    ? new ClusterConnection(config, address, settings)
    : new StandaloneConnection(config, address, settings);
