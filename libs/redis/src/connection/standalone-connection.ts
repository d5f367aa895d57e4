import type { Redis } from 'ioredis';
import type { RedisTargetConfig } from '@app/config';
import type { ServerAddress } from './address.js';
import type { RedisConnection } from './redis-connection.js';
import { createServerClient } from './server-client.js';
import type { SocketSettings } from './socket-options.js';

/** A connection to one server, reached directly or through Sentinel. */
export class StandaloneConnection implements RedisConnection {
  readonly commands: Redis;

  constructor(
    private readonly config: RedisTargetConfig,
    private readonly address: ServerAddress,
    settings: SocketSettings,
  ) {
    this.commands = createServerClient(config, address, settings);
  }

  get servers(): Redis[] {
    return [this.commands];
  }

  get serverAddresses(): ServerAddress[] {
    return [this.address];
  }

  open(): Promise<void> {
    return this.commands.connect();
  }

  openNodes(): Promise<void> {
    return Promise.resolve();
  }

  /** ioredis silently stays in database 0, with another program's data, when the server refuses its SELECT. */
  async selectDatabase(): Promise<void> {
    if (this.config.database !== 0) await this.commands.select(this.config.database);
  }

  addressFor(): ServerAddress {
    return this.address;
  }
}
