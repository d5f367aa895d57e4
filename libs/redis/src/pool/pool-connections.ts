import type { Redis } from 'ioredis';
import type { RedisTargetConfig } from '@app/config';
import type { DialableAddress, ServerAddress } from '../connection/address.js';
import { createConnection } from '../connection/create-connection.js';
import type { RedisConnection } from '../connection/redis-connection.js';
import { toRedisFault } from '../connection/redis.errors.js';
import { createServerClient } from '../connection/server-client.js';
import type { SocketSettings } from '../connection/socket-options.js';
import type { RedisFault } from '../outcome.js';

type Purpose = 'shared' | 'bulk' | 'lease' | 'reader' | 'invalidation';
type Settings = Omit<SocketSettings, 'name'>;

/** Creates the connections of a pool, and remembers why the last one failed. */
export class PoolConnections {
  private fault: RedisFault = { kind: 'connection', code: 'NOT_CONNECTED' };

  constructor(
    private readonly target: string,
    private readonly config: RedisTargetConfig,
    private readonly address: DialableAddress,
  ) {}

  /** Why there is no connection, if there is none. */
  get lastFault(): RedisFault {
    return this.fault;
  }

  /** Creates a connection to the target. */
  create(purpose: Purpose, settings: Settings = {}): RedisConnection {
    const connection = createConnection(this.config, this.address, this.named(purpose, settings));
    connection.commands.on('error', (error: unknown) => this.noteError(error));
    return connection;
  }

  /** Creates a client of one server of the target. */
  createServerClient(purpose: Purpose, address: ServerAddress, settings: Settings): Redis {
    const server = createServerClient(this.config, address, this.named(purpose, settings));
    return server.on('error', (error: unknown) => this.noteError(error));
  }

  noteError(error: unknown): void {
    const fault = toRedisFault(error);
    // "Connection is closed" only follows from an earlier error.
    if (fault.code !== 'CLOSED') this.fault = fault;
  }

  /** Connected: until another error is noted, the next loss is of unknown cause. */
  noteConnected(): void {
    this.fault = { kind: 'connection', code: 'CLOSED' };
  }

  private named(purpose: Purpose, settings: Settings): SocketSettings {
    return { ...settings, name: `marquee-${this.target}-${purpose}` };
  }
}
