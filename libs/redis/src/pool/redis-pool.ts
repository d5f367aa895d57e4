import { Cluster, type Redis } from 'ioredis';
import keySlot from 'cluster-key-slot';
import type { RedisTargetConfig } from '@app/config';
import type { DeadlineWheel } from '../budget/deadline-wheel.js';
import {
  type ConnectionOptions,
  createConnection,
  describeAddress,
  type DialableAddress,
  openConnection,
  openNodes,
  type RedisConnection,
  serversOf,
} from '../connection/redis-connection.js';
import { toRedisFault } from '../connection/redis.errors.js';
import type { RedisFault } from '../outcome.js';
import { LeasedConnection } from './leased-connection.js';
import { PoolExhaustedError, RedisUnavailableError } from './pool.errors.js';

export interface PoolStats {
  /** Most sockets (in Cluster mode: most clients, each with a socket a node). */
  readonly size: number;
  readonly open: number;
  /** Leases held, and bulk connections with a reply under way. */
  readonly inUse: number;
  /** Callers waiting for a lease. */
  readonly waiting: number;
  readonly exhausted: number;
}

export interface PoolEvents {
  /** The shared connection is ready, for the first time or again. */
  readonly onReady: (connection: RedisConnection) => void;
  readonly onLost: (fault: RedisFault) => void;
  /** A lease was had or refused after so long. */
  readonly onLeaseWait: (waitMs: number) => void;
}

export interface LeaseOptions {
  /** Longest wait for a free lease. */
  readonly waitMs: number;
  /** For BLPOP, XREAD BLOCK and their like, which are silent for long. */
  readonly blocks?: boolean;
  /** In Cluster mode the connection goes to this key's node. */
  readonly key?: string;
}

interface BulkConnection {
  readonly connection: RedisConnection;
  /** Settles once it is connected, or cannot be. */
  readonly opened: Promise<void>;
  underWay: number;
  idleSinceMs: number;
}

interface ExclusiveConnection {
  readonly connection: Redis;
  /** Where it leads and whether it may block: what makes two of them interchangeable. */
  readonly kind: string;
}

interface Waiter {
  readonly admit: () => void;
}

/** An idle server is asked so often whether it is there; a socket that stays silent is found by its `socketTimeout`. */
const heartbeatMs = 500;
const idleBulkMs = 30_000;

/**
 * The sockets to one target. Small commands share one: more would not be faster, for the client is the bottleneck.
 * Bulk transfers have up to a third of the sockets, so that a reply of megabytes holds up no small command; the rest
 * are exclusive leases. Sockets are opened when they are first needed, and a broken one leaves by itself.
 */
export class RedisPool {
  private readonly shared: RedisConnection;
  private readonly bulk = new Set<BulkConnection>();
  private readonly mostBulk: number;
  private readonly mostLeases: number;
  private leases = 0;
  /** Opened for an earlier lease and kept for the next of its kind. */
  private readonly idle: ExclusiveConnection[] = [];
  private readonly waiters: Waiter[] = [];
  private exhausted = 0;
  private closed = false;
  /** Ready, and found to be where it should be. */
  private usable = false;
  private onFirstUse: (() => void) | undefined;
  private heartbeat: NodeJS.Timeout | undefined;
  private fault: RedisFault = { kind: 'connection', code: 'NOT_CONNECTED' };

  constructor(
    private readonly target: string,
    private readonly config: RedisTargetConfig,
    private readonly address: DialableAddress,
    private readonly wheel: DeadlineWheel,
    private readonly events: PoolEvents,
  ) {
    this.mostBulk = Math.max(1, Math.floor(config.poolSize / 3));
    this.mostLeases = config.poolSize - 1 - this.mostBulk;
    this.shared = this.create('shared', { reconnects: true });
    this.shared.on('ready', () => void this.onReady());
    this.shared.on('+node', () => void openNodes(this.shared));
    this.shared.on('close', () => {
      const wasUsable = this.usable;
      this.usable = false;
      // Before the first success, start-up decides when to give up for now.
      if (wasUsable) events.onLost(this.fault);
    });
  }

  get stats(): PoolStats {
    const bulkInUse = [...this.bulk].filter(({ underWay }) => underWay > 0).length;
    return {
      size: this.config.poolSize,
      open: (this.shared.status === 'ready' ? 1 : 0) + this.bulk.size + this.leases + this.idle.length,
      inUse: bulkInUse + this.leases,
      waiting: this.waiters.length,
      exhausted: this.exhausted,
    };
  }

  /** Why there is no connection, when there is none. */
  get lastFault(): RedisFault {
    return this.fault;
  }

  /** The connection of all small commands, while it is ready. */
  get small(): RedisConnection | undefined {
    return this.usable && this.shared.status === 'ready' ? this.shared : undefined;
  }

  /**
   * Connects. True once ready; false when `attempts` failed or the time is over. It goes on trying either way.
   */
  connect(attempts: number, timeoutMs: number): Promise<boolean> {
    this.heartbeat = setInterval(() => this.beat(), heartbeatMs);
    this.heartbeat.unref();
    return new Promise((resolve) => {
      let failures = 0;
      const finish = (ready: boolean): void => {
        clearTimeout(timer);
        this.shared.off('close', onClose);
        this.onFirstUse = undefined;
        resolve(ready);
      };
      const onClose = (): void => {
        if (++failures >= attempts) finish(false);
      };
      const timer = setTimeout(() => finish(false), timeoutMs);
      this.onFirstUse = () => finish(true);
      this.shared.on('close', onClose);
      this.shared.connect().catch((error: unknown) => this.note(error));
    });
  }

  /** Runs one transfer on the least busy bulk connection; opens another where all are busy and one may be. */
  async withBulk<T>(operation: (connection: RedisConnection) => Promise<T>): Promise<T> {
    const chosen = this.chooseBulk();
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

  /**
   * Lends an exclusive connection to `use`.
   *
   * @throws PoolExhaustedError when none was free in `waitMs`, RedisUnavailableError when none could be opened
   */
  async lease<T>(options: LeaseOptions, use: (connection: LeasedConnection) => Promise<T>): Promise<T> {
    await this.admit(options.waitMs);
    try {
      const exclusive = await this.exclusive(options);
      const lease = new LeasedConnection(exclusive.connection, this.wheel);
      try {
        return await use(lease);
      } finally {
        await lease.reset(this.config.socketTimeoutMs);
        if (lease.isSound && !this.closed) this.idle.push(exclusive);
        else exclusive.connection.disconnect();
      }
    } finally {
      this.leases--;
      this.waiters.shift()?.admit();
    }
  }

  /**
   * A connection beside the lanes that listens for invalidations, for as long as Marquee runs. It counts as a socket
   * of its own.
   */
  listener(address = this.address): RedisConnection {
    return this.create('invalidation', { reconnects: true, listens: true, address });
  }

  /** The addresses of the servers that hold keys: one, or each master of a cluster. */
  get servers(): DialableAddress[] {
    const { address } = this;
    if (address.kind !== 'cluster') return [address];
    return serversOf(this.shared).map(({ options }) => ({
      kind: 'standalone' as const,
      tls: address.tls,
      host: options.host ?? '',
      port: options.port ?? 0,
    }));
  }

  close(): void {
    this.closed = true;
    clearInterval(this.heartbeat);
    this.shared.removeAllListeners('close');
    this.shared.disconnect();
    for (const { connection } of this.bulk) connection.disconnect();
    this.bulk.clear();
    for (const { connection } of this.idle.splice(0)) connection.disconnect();
  }

  private async onReady(): Promise<void> {
    if (!(await this.isInItsDatabase())) return;
    this.usable = true;
    // Until an error says more, the next loss is just that.
    this.fault = { kind: 'connection', code: 'CLOSED' };
    await openNodes(this.shared);
    this.events.onReady(this.shared);
    this.onFirstUse?.();
  }

  /** ioredis goes on in database 0 when its SELECT is refused: another's data, in silence. */
  private async isInItsDatabase(): Promise<boolean> {
    if (this.config.database === 0 || this.shared instanceof Cluster) return true;
    try {
      await this.shared.select(this.config.database);
      return true;
    } catch (error) {
      this.note(error);
      if (!this.closed) this.shared.disconnect(true);
      return false;
    }
  }

  private create(
    purpose: string,
    options: Partial<Omit<ConnectionOptions, 'name'>> & { address?: DialableAddress },
  ) {
    const { address = this.address, reconnects = false, blocks = false, listens = false } = options;
    const name = `marquee-${this.target}-${purpose}`;
    const connection = createConnection(this.config, address, { name, reconnects, blocks, listens });
    connection.on('error', (error: unknown) => this.note(error));
    return connection;
  }

  private note(error: unknown): void {
    const fault = toRedisFault(error);
    // "Connection is closed" only follows from what was said before.
    if (fault.code !== 'CLOSED') this.fault = fault;
  }

  private chooseBulk(): BulkConnection {
    let best: BulkConnection | undefined;
    for (const candidate of this.bulk) {
      if (!best || candidate.underWay < best.underWay) best = candidate;
    }
    if (best && (best.underWay === 0 || this.bulk.size >= this.mostBulk)) return best;
    const connection = this.create('bulk', {});
    const opened = openConnection(connection);
    // Whoever waits for it hears of a failure; nobody else needs to.
    opened.catch(() => undefined);
    const bulk: BulkConnection = { connection, opened, underWay: 0, idleSinceMs: performance.now() };
    this.bulk.add(bulk);
    connection.on('close', () => this.bulk.delete(bulk));
    return bulk;
  }

  private discard(bulk: BulkConnection): void {
    this.bulk.delete(bulk);
    bulk.connection.disconnect();
  }

  private admit(waitMs: number): Promise<void> {
    if (this.leases < this.mostLeases) {
      this.leases++;
      return Promise.resolve();
    }
    const startedMs = performance.now();
    return new Promise((resolve, reject) => {
      const waiter: Waiter = {
        admit: () => {
          clearTimeout(timer);
          this.leases++;
          this.events.onLeaseWait(performance.now() - startedMs);
          resolve();
        },
      };
      const timer = setTimeout(() => {
        this.waiters.splice(this.waiters.indexOf(waiter), 1);
        this.exhausted++;
        this.events.onLeaseWait(waitMs);
        reject(new PoolExhaustedError(this.target, this.mostLeases, waitMs));
      }, waitMs);
      this.waiters.push(waiter);
    });
  }

  /** An idle connection of the kind asked for, or a new one. At most `mostLeases` are open, idle ones included. */
  private async exclusive({ blocks = false, key }: LeaseOptions): Promise<ExclusiveConnection> {
    const address = this.addressFor(key);
    const kind = `${describeAddress(address)} ${blocks}`;
    for (let index = this.idle.length - 1; index >= 0; index--) {
      const [candidate] = this.idle[index]?.kind === kind ? this.idle.splice(index, 1) : [];
      if (candidate?.connection.status === 'ready') return candidate;
      candidate?.connection.disconnect();
    }
    if (this.idle.length + this.leases > this.mostLeases) this.idle.shift()?.connection.disconnect();
    const connection = this.create('lease', { blocks, address });
    try {
      await this.connectInTime(connection);
    } catch (error) {
      this.note(error);
      connection.disconnect();
      throw new RedisUnavailableError(this.target, this.fault.code);
    }
    // Never a Cluster: addressFor() has chosen a node.
    return { connection: connection as Redis, kind };
  }

  /** ioredis bounds the handshake of no connection that may block. */
  private connectInTime(connection: RedisConnection): Promise<void> {
    return new Promise((resolve, reject) => {
      const { connectTimeoutMs, socketTimeoutMs } = this.config;
      const deadline = this.wheel.add(connectTimeoutMs + socketTimeoutMs, () =>
        reject(new Error('Connecting timed out')),
      );
      connection.connect().then(
        () => deadline.settle() && resolve(),
        (error: unknown) =>
          deadline.settle() && reject(error instanceof Error ? error : new Error(String(error))),
      );
    });
  }

  private addressFor(key: string | undefined): DialableAddress {
    if (!(this.shared instanceof Cluster) || this.address.kind !== 'cluster') return this.address;
    if (key === undefined) throw new RangeError('In Cluster mode a lease needs the key that it is for');
    const node = this.shared.slots[keySlot(key)]?.[0];
    const separator = node?.lastIndexOf(':') ?? -1;
    if (!node || separator === -1) throw new RedisUnavailableError(this.target, 'no node serves this slot');
    return {
      kind: 'standalone',
      tls: this.address.tls,
      host: node.slice(0, separator),
      port: Number(node.slice(separator + 1)),
    };
  }

  /** A socket that may block has no timeout of its own: silence at a PING ends it. */
  private probe(server: Redis): void {
    const deadline = this.wheel.add(2 * this.config.socketTimeoutMs, () => server.disconnect(true));
    server.ping().then(
      () => deadline.settle(),
      (error: unknown) => {
        deadline.settle();
        this.note(error);
      },
    );
  }

  /** Gives hung sockets something not to answer, so that `socketTimeout` finds them, and closes idle ones. */
  private beat(): void {
    // ioredis gives up for good when a failover is announced while it connects (its connector says "closed").
    if (this.shared.status === 'end') this.shared.connect().catch((error: unknown) => this.note(error));
    const nowMs = performance.now();
    for (const bulk of this.bulk) {
      if (bulk.underWay === 0 && nowMs - bulk.idleSinceMs > idleBulkMs) bulk.connection.disconnect();
    }
    const open = [this.shared, ...[...this.bulk, ...this.idle].map(({ connection }) => connection)];
    for (const connection of open) {
      for (const server of serversOf(connection)) {
        if (server.status === 'ready') this.probe(server);
      }
    }
  }
}
