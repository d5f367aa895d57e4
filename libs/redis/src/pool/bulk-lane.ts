import { openConnection, type RedisConnection } from '../connection/redis-connection.js';
import { toRedisFault } from '../connection/redis.errors.js';

interface BulkConnection {
  readonly connection: RedisConnection;
  /** Settles once it is connected, or cannot be. */
  readonly opened: Promise<void>;
  underWay: number;
  idleSinceMs: number;
}

const maxIdleMs = 30_000;

/** The connections for bulk transfers: opened when all others are busy, closed after half a minute without work. */
export class BulkLane {
  private readonly all = new Set<BulkConnection>();

  constructor(
    private readonly maxConnections: number,
    private readonly create: () => RedisConnection,
  ) {}

  get size(): number {
    return this.all.size;
  }

  /** Connections with a transfer under way. */
  get inUse(): number {
    return [...this.all].filter(({ underWay }) => underWay > 0).length;
  }

  get connections(): RedisConnection[] {
    return [...this.all].map(({ connection }) => connection);
  }

  /** Runs one transfer on the least busy connection; opens another one where all are busy and there is room. */
  async run<T>(operation: (connection: RedisConnection) => Promise<T>): Promise<T> {
    const chosen = this.choose();
    chosen.underWay++;
    try {
      await chosen.opened;
      return await operation(chosen.connection);
    } catch (error) {
      // Its 'close' event may come later than the next caller.
      if (toRedisFault(error).kind === 'connection') this.discard(chosen);
      throw error;
    } finally {
      chosen.underWay--;
      chosen.idleSinceMs = performance.now();
    }
  }

  closeIdle(nowMs: number): void {
    for (const { connection, underWay, idleSinceMs } of this.all)
      if (underWay === 0 && nowMs - idleSinceMs > maxIdleMs) connection.disconnect();
  }

  close(): void {
    for (const connection of this.connections) connection.disconnect();
    this.all.clear();
  }

  private choose(): BulkConnection {
    let best: BulkConnection | undefined;
    for (const candidate of this.all) {
      if (!best || candidate.underWay < best.underWay) best = candidate;
    }
    if (best && (best.underWay === 0 || this.all.size >= this.maxConnections)) return best;
    const connection = this.create();
    const opened = openConnection(connection);
    // A caller that waits for it gets the failure; nobody else needs to.
    opened.catch(() => undefined);
    const bulk: BulkConnection = { connection, opened, underWay: 0, idleSinceMs: performance.now() };
    this.all.add(bulk);
    connection.on('close', () => this.all.delete(bulk));
    return bulk;
  }

  private discard(bulk: BulkConnection): void {
    this.all.delete(bulk);
    bulk.connection.disconnect();
  }
}
