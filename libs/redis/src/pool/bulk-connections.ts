import type { RedisCommands, RedisConnection } from '../connection/redis-connection.js';
import { toRedisFault } from '../connection/redis.errors.js';

interface BulkConnection {
  readonly connection: RedisConnection;
  /** Settles when the connection is open, or cannot be opened. */
  readonly opened: Promise<void>;
  transfers: number;
  idleSinceMs: number;
}

const maxIdleMs = 30_000;

/**
 * The connections for bulk transfers, so that no small command waits behind a large reply. One more is opened when all
 * others are busy; each is closed after 30 seconds without a transfer.
 */
export class BulkConnections {
  private readonly all = new Set<BulkConnection>();

  constructor(
    private readonly maxConnections: number,
    private readonly create: () => RedisConnection,
  ) {}

  get size(): number {
    return this.all.size;
  }

  /** The number of connections with a transfer in progress. */
  get inUse(): number {
    return [...this.all].filter(({ transfers }) => transfers > 0).length;
  }

  get connections(): RedisConnection[] {
    return [...this.all].map(({ connection }) => connection);
  }

  /**
   * Runs a transfer on the least busy connection. If the connection turns out to be broken, which only
   * its use shows, an idempotent transfer runs once more on another one.
   */
  async run<T>(operation: (commands: RedisCommands) => Promise<T>, idempotent = false): Promise<T> {
    try {
      return await this.runOnce(operation);
    } catch (error) {
      if (!idempotent || toRedisFault(error).kind !== 'connection') throw error;
      return this.runOnce(operation);
    }
  }

  closeIdle(nowMs: number): void {
    for (const { connection, transfers, idleSinceMs } of this.all)
      if (transfers === 0 && nowMs - idleSinceMs > maxIdleMs) connection.commands.disconnect();
  }

  close(): void {
    for (const { commands } of this.connections) commands.disconnect();
    this.all.clear();
  }

  private async runOnce<T>(operation: (commands: RedisCommands) => Promise<T>): Promise<T> {
    const chosen = this.choose();
    chosen.transfers++;
    try {
      await chosen.opened;
      return await operation(chosen.connection.commands);
    } catch (error) {
      // The next caller may come before its 'close' event.
      if (toRedisFault(error).kind === 'connection') this.discard(chosen);
      throw error;
    } finally {
      chosen.transfers--;
      chosen.idleSinceMs = performance.now();
    }
  }

  private choose(): BulkConnection {
    let best: BulkConnection | undefined;
    for (const candidate of this.all) {
      if (!best || candidate.transfers < best.transfers) best = candidate;
    }
    if (best && (best.transfers === 0 || this.all.size >= this.maxConnections)) return best;
    return this.open();
  }

  private open(): BulkConnection {
    const connection = this.create();
    const opened = connection.open();
    // The transfer that awaits it reports the failure.
    opened.catch(() => undefined);
    const bulk: BulkConnection = { connection, opened, transfers: 0, idleSinceMs: performance.now() };
    this.all.add(bulk);
    connection.commands.on('close', () => this.all.delete(bulk));
    return bulk;
  }

  private discard(bulk: BulkConnection): void {
    this.all.delete(bulk);
    bulk.connection.commands.disconnect();
  }
}
