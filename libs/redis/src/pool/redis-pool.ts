import { Cluster, type Redis } from 'ioredis';
import keySlot from 'cluster-key-slot';
import type { RedisTargetConfig } from '@app/config';
import type { DeadlineWheel } from '../budget/deadline-wheel.js';
import {
  type ConnectionOptions,
  createConnection,
  describeAddress,
  type DialableAddress,
  openNodes,
  type RedisConnection,
  serversOf,
} from '../connection/redis-connection.js';
import { toRedisFault } from '../connection/redis.errors.js';
import type { RedisFault } from '../outcome.js';
import { BulkLane } from './bulk-lane.js';
import { LeaseGate } from './lease-gate.js';
import { LeasedConnection } from './leased-connection.js';
import { RedisUnavailableError } from './pool.errors.js';
import { planSockets, type SocketPlan } from './socket-plan.js';

export interface PoolStats {
  /** REDIS_POOL_SIZE. Readers and the listener for invalidations come on top of it. */
  readonly size: number;
  /** All connections that are open (in Cluster mode: clients, each with a socket per node), `readers` included. */
  readonly open: number;
  /** Blocking readers, each with a connection on top of the pool's size. */
  readonly readers: number;
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
  /**
   * For BLPOP, XREAD BLOCK and their like, which hold a connection for as long as they run: it is opened on top of the
   * pool's size, so that a small pool starves no reader and readers starve nobody else.
   */
  readonly blocking?: boolean;
  /** In Cluster mode the connection goes to this key's node. */
  readonly key?: string;
}

interface ExclusiveConnection {
  readonly connection: Redis;
  /** The address: connections to the same one are interchangeable. */
  readonly address: string;
}

/** An idle server is asked so often whether it is there; a socket that stays silent is found by its `socketTimeout`. */
const heartbeatMs = 500;

/**
 * The sockets to one target. Small commands share one: more would not be faster, because the client is the bottleneck.
 * Bulk transfers have up to a third of the sockets, so that a reply of megabytes holds up no small command; the rest
 * are exclusive leases. Blocking readers have sockets of their own on top, up to a fixed number. Sockets are opened
 * when they are first needed, and a broken one leaves by itself.
 */
export class RedisPool {
  private readonly shared: RedisConnection;
  private readonly bulk: BulkLane;
  private readonly plan: SocketPlan;
  private readonly leases: LeaseGate;
  private readonly readers: LeaseGate;
  private readonly listeners = new Set<RedisConnection>();
  /** Opened for an earlier lease and kept for the next one to the same address. */
  private readonly idle: ExclusiveConnection[] = [];
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
    this.plan = planSockets(config.poolSize);
    this.bulk = new BulkLane(this.plan.bulk, () => this.create('bulk', {}));
    const onWait = events.onLeaseWait;
    this.leases = new LeaseGate({
      target,
      maxLeases: this.plan.leases,
      remedy: 'Raise REDIS_POOL_SIZE, or hold leases for less time.',
      onWait,
    });
    this.readers = new LeaseGate({
      target,
      maxLeases: this.plan.readers,
      remedy: 'No more blocking readers fit in one process: run another process.',
      onWait,
    });
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
    const { bulk, leases, readers } = this;
    const always = [this.shared, ...this.listeners].filter(({ status }) => status === 'ready').length;
    return {
      size: this.config.poolSize,
      open: always + bulk.size + leases.held + this.idle.length + readers.held,
      readers: readers.held,
      inUse: bulk.inUse + leases.held,
      waiting: leases.waiting + readers.waiting,
      exhausted: leases.exhausted + readers.exhausted,
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

  /** Runs one transfer beside the small commands, on the least busy of the bulk connections. */
  withBulk<T>(operation: (connection: RedisConnection) => Promise<T>): Promise<T> {
    return this.bulk.run(operation);
  }

  /**
   * Lends an exclusive connection to `use`.
   *
   * @throws PoolExhaustedError when none was free in `waitMs`, RedisUnavailableError when none could be opened
   */
  async lease<T>(options: LeaseOptions, use: (connection: LeasedConnection) => Promise<T>): Promise<T> {
    const gate = options.blocking ? this.readers : this.leases;
    await gate.acquire(options.waitMs);
    try {
      const exclusive = await this.exclusive(options);
      const lease = new LeasedConnection(exclusive.connection, this.wheel);
      try {
        return await use(lease);
      } finally {
        await lease.reset(this.config.socketTimeoutMs);
        if (lease.isSound && !options.blocking && !this.closed) this.idle.push(exclusive);
        else exclusive.connection.disconnect();
      }
    } finally {
      gate.release();
    }
  }

  /**
   * A connection beside the lanes that listens for invalidations, for as long as Marquee runs. It counts as a socket
   * of its own.
   */
  listener(address = this.address): RedisConnection {
    const connection = this.create('invalidation', { reconnects: true, listens: true, address });
    this.listeners.add(connection);
    return connection.on('end', () => this.listeners.delete(connection));
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
    this.bulk.close();
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
    const { address = this.address, reconnects = false, blocking = false, listens = false } = options;
    const name = `marquee-${this.target}-${purpose}`;
    const connection = createConnection(this.config, address, { name, reconnects, blocking, listens });
    connection.on('error', (error: unknown) => this.note(error));
    return connection;
  }

  private note(error: unknown): void {
    const fault = toRedisFault(error);
    // "Connection is closed" only follows from what was said before.
    if (fault.code !== 'CLOSED') this.fault = fault;
  }

  /** An idle connection to the same address, or a new one; a new one for each blocking reader. */
  private async exclusive({ blocking = false, key }: LeaseOptions): Promise<ExclusiveConnection> {
    const dialable = this.addressFor(key);
    const address = describeAddress(dialable);
    if (!blocking) {
      const found = this.takeIdle(address);
      if (found) return found;
      if (this.idle.length + this.leases.held > this.plan.leases) this.idle.shift()?.connection.disconnect();
    }
    const connection = this.create(blocking ? 'reader' : 'lease', { blocking, address: dialable });
    try {
      await this.connectInTime(connection);
    } catch (error) {
      this.note(error);
      connection.disconnect();
      throw new RedisUnavailableError(this.target, this.fault.code);
    }
    // Never a Cluster: addressFor() has chosen a node.
    return { connection: connection as Redis, address };
  }

  private takeIdle(address: string): ExclusiveConnection | undefined {
    for (let index = this.idle.length - 1; index >= 0; index--) {
      const [candidate] = this.idle[index]?.address === address ? this.idle.splice(index, 1) : [];
      if (candidate?.connection.status === 'ready') return candidate;
      candidate?.connection.disconnect();
    }
    return undefined;
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
    this.bulk.closeIdle(performance.now());
    const open = [this.shared, ...this.bulk.connections, ...this.idle.map(({ connection }) => connection)];
    for (const connection of open) {
      for (const server of serversOf(connection)) {
        if (server.status === 'ready') this.probe(server);
      }
    }
  }
}
