import type { RedisCommands, RedisConnection } from '../connection/redis-connection.js';
import type { RedisFault } from '../outcome.js';
import type { PoolConnections } from './pool-connections.js';

export interface SharedConnectionEvents {
  /** The connection can be used, for the first time or again. */
  readonly onReady: (connection: RedisConnection) => void;
  readonly onLost: (fault: RedisFault) => void;
}

/**
 * The connection that all small commands share. More of them would not be faster, because the client is the bottleneck.
 * It reconnects until it is closed.
 */
export class SharedConnection {
  readonly connection: RedisConnection;
  /** Whether it is connected to the right database. */
  private isUsable = false;
  private isClosed = false;
  private onConnected: (() => void) | undefined;

  constructor(
    private readonly connections: PoolConnections,
    private readonly events: SharedConnectionEvents,
  ) {
    this.connection = connections.create('shared', { reconnects: true });
    this.connection.commands
      .on('ready', () => void this.onReady())
      .on('close', () => {
        const wasUsable = this.isUsable;
        this.isUsable = false;
        // Before the first success, connect() decides when to stop waiting.
        if (wasUsable) events.onLost(connections.lastFault);
      });
  }

  /** Sends commands; undefined unless the connection can be used. */
  get commands(): RedisCommands | undefined {
    const { commands } = this.connection;
    return this.isUsable && commands.status === 'ready' ? commands : undefined;
  }

  /**
   * Connects. Resolves to true when the connection can be used, and to false after `attempts` failures or `timeoutMs`;
   * reconnecting continues in either case.
   */
  connect(attempts: number, timeoutMs: number): Promise<boolean> {
    const { commands } = this.connection;
    return new Promise((resolve) => {
      let failures = 0;
      const finish = (isConnected: boolean): void => {
        clearTimeout(timer);
        commands.off('close', onClose);
        this.onConnected = undefined;
        resolve(isConnected);
      };
      const onClose = (): void => {
        if (++failures >= attempts) finish(false);
      };
      const timer = setTimeout(() => finish(false), timeoutMs);
      this.onConnected = () => finish(true);
      commands.on('close', onClose);
      this.reconnect();
    });
  }

  /** Connects again after ioredis has given up, as it does when a failover is announced while it connects. */
  revive(): void {
    if (this.connection.commands.status === 'end') this.reconnect();
  }

  close(): void {
    this.isClosed = true;
    this.connection.commands.removeAllListeners('close');
    this.connection.commands.disconnect();
  }

  private reconnect(): void {
    this.connection.commands.connect().catch((error: unknown) => this.connections.noteError(error));
  }

  private async onReady(): Promise<void> {
    try {
      await this.connection.selectDatabase();
    } catch (error) {
      this.connections.noteError(error);
      if (!this.isClosed) this.connection.commands.disconnect(true);
      return;
    }
    this.isUsable = true;
    this.connections.noteConnected();
    await this.connection.openNodes();
    this.events.onReady(this.connection);
    this.onConnected?.();
  }
}
