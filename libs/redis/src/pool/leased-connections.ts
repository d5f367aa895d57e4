import type { Redis } from 'ioredis';
import type { RedisTargetConfig } from '@app/config';
import type { DeadlineWheel } from '../budget/deadline-wheel.js';
import { describeAddress, type ServerAddress } from '../connection/address.js';
import { LeaseGate } from './lease-gate.js';
import { LeasedConnection } from './leased-connection.js';
import { RedisUnavailableError } from './pool.errors.js';
import type { PoolConnections } from './pool-connections.js';
import type { SocketPlan } from './socket-plan.js';

export interface LeaseOptions {
  /** Maximum time to wait for a free lease. */
  readonly waitMs: number;
  /**
   * Set it for BLPOP, XREAD BLOCK and similar commands, which occupy a connection for as long as they run. The connection
   * is opened on top of the pool's size, so that blocking readers and other leases do not exhaust each other.
   */
  readonly blocking?: boolean;
  /** In Cluster mode, the lease connects to the node that holds this key. */
  readonly key?: string;
}

export interface LeasedConnectionsOptions {
  readonly target: string;
  readonly config: RedisTargetConfig;
  readonly plan: SocketPlan;
  readonly wheel: DeadlineWheel;
  readonly connections: PoolConnections;
  /** Returns the address of the server that holds a key; undefined when no server does. */
  readonly addressFor: (key: string | undefined) => ServerAddress | undefined;
  /** Called when a caller that had to wait for a lease was admitted or refused. */
  readonly onWait: (waitMs: number) => void;
}

interface IdleConnection {
  readonly server: Redis;
  /** Connections to the same address are interchangeable. */
  readonly address: string;
}

/** The exclusive connections of a pool. An idle one is reused by the next lease to the same server; those of blocking readers are closed. */
export class LeasedConnections {
  private readonly leases: LeaseGate;
  private readonly readers: LeaseGate;
  private readonly idle: IdleConnection[] = [];
  private isClosed = false;

  constructor(private readonly options: LeasedConnectionsOptions) {
    const { target, plan, onWait } = options;
    this.leases = new LeaseGate({
      target,
      maxLeases: plan.leases,
      remedy: 'Raise REDIS_POOL_SIZE, or hold leases for less time.',
      onWait,
    });
    this.readers = new LeaseGate({
      target,
      maxLeases: plan.readers,
      remedy: 'A process cannot run more blocking readers: start another process.',
      onWait,
    });
  }

  get stats() {
    const { leases, readers, idle } = this;
    return {
      held: leases.held,
      open: leases.held + idle.length + readers.held,
      readers: readers.held,
      waiting: leases.waiting + readers.waiting,
      exhausted: leases.exhausted + readers.exhausted,
    };
  }

  /** The idle connections. */
  get idleServers(): Redis[] {
    return this.idle.map(({ server }) => server);
  }

  /**
   * Lends an exclusive connection to `use`.
   *
   * @throws PoolExhaustedError if none is free within `waitMs`, RedisUnavailableError if none can be opened
   */
  async lend<T>(options: LeaseOptions, use: (connection: LeasedConnection) => Promise<T>): Promise<T> {
    const { config, wheel } = this.options;
    const gate = options.blocking ? this.readers : this.leases;
    await gate.acquire(options.waitMs);
    try {
      const connection = await this.obtain(options);
      const lease = new LeasedConnection(connection.server, wheel);
      try {
        return await use(lease);
      } finally {
        await lease.reset(config.socketTimeoutMs);
        if (lease.isReusable && !options.blocking && !this.isClosed) this.idle.push(connection);
        else connection.server.disconnect();
      }
    } finally {
      gate.release();
    }
  }

  close(): void {
    this.isClosed = true;
    for (const { server } of this.idle.splice(0)) server.disconnect();
  }

  /** Returns an idle connection to the same server, or opens one. */
  private async obtain({ blocking = false, key }: LeaseOptions): Promise<IdleConnection> {
    const { target, connections, plan, addressFor } = this.options;
    const serverAddress = addressFor(key);
    if (!serverAddress) throw new RedisUnavailableError(target, 'no node serves this slot');
    const address = describeAddress(serverAddress);
    if (!blocking) {
      const found = this.takeIdle(address);
      if (found) return found;
      if (this.idle.length + this.leases.held > plan.leases) this.idle.shift()?.server.disconnect();
    }
    const purpose = blocking ? 'reader' : 'lease';
    const server = connections.createServerClient(purpose, serverAddress, { blocking });
    const error = await this.connect(server);
    if (error === undefined) return { server, address };
    connections.noteError(error);
    server.disconnect();
    throw new RedisUnavailableError(target, connections.lastFault.code);
  }

  private takeIdle(address: string): IdleConnection | undefined {
    for (let index = this.idle.length - 1; index >= 0; index--) {
      const [candidate] = this.idle[index]?.address === address ? this.idle.splice(index, 1) : [];
      if (candidate?.server.status === 'ready') return candidate;
      candidate?.server.disconnect();
    }
    return undefined;
  }

  /** Resolves to the error, if any. ioredis does not bound the handshake of a connection that may block. */
  private connect(server: Redis): Promise<unknown> {
    const { connectTimeoutMs, socketTimeoutMs } = this.options.config;
    return this.options.wheel.race<void, unknown>(server.connect(), connectTimeoutMs + socketTimeoutMs, {
      onValue: () => undefined,
      onError: (error) => error,
      onExpired: () => new Error('Connecting timed out'),
    });
  }
}
