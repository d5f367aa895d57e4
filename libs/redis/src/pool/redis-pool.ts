import type { Redis } from 'ioredis';
import type { RedisTargetConfig } from '@app/config';
import type { DeadlineWheel } from '../budget/deadline-wheel.js';
import type { DialableAddress, ServerAddress } from '../connection/address.js';
import type { RedisCommands, RedisConnection } from '../connection/redis-connection.js';
import type { RedisFault } from '../outcome.js';
import { BulkConnections } from './bulk-connections.js';
import type { LeasedConnection } from './leased-connection.js';
import { LeasedConnections, type LeaseOptions } from './leased-connections.js';
import { PoolConnections } from './pool-connections.js';
import { SharedConnection, type SharedConnectionEvents } from './shared-connection.js';
import { planSockets } from './socket-plan.js';

export interface PoolStats {
  /** REDIS_POOL_SIZE. Blocking readers and the listener for invalidations come on top of it. */
  readonly size: number;
  /** Open connections, `readers` included. In Cluster mode each is a client with one socket per node. */
  readonly open: number;
  /** Blocking readers, each with a connection on top of the pool's size. */
  readonly readers: number;
  /** Leases held, and bulk connections with a transfer in progress. */
  readonly inUse: number;
  /** Callers that wait for a lease. */
  readonly waiting: number;
  /** Callers that got no lease in time, since the process started. */
  readonly exhausted: number;
}

export interface PoolEvents extends SharedConnectionEvents {
  /** A caller that had to wait for a lease was admitted or refused. */
  readonly onLeaseWait: (waitMs: number) => void;
}

/** How often idle servers get a PING, so that `socketTimeout` finds a socket that hangs. */
const heartbeatMs = 500;

/**
 * The connections to one target: a shared one for small commands, bulk connections for up to a third of the pool, and
 * exclusive leases for the rest. Blocking readers come on top, up to a fixed number. Connections are opened when they are
 * first needed, and broken ones are removed.
 */
export class RedisPool {
  private readonly connections: PoolConnections;
  private readonly shared: SharedConnection;
  private readonly bulk: BulkConnections;
  private readonly leased: LeasedConnections;
  private readonly listeners = new Set<Redis>();
  private heartbeat: NodeJS.Timeout | undefined;

  constructor(
    target: string,
    private readonly config: RedisTargetConfig,
    address: DialableAddress,
    private readonly wheel: DeadlineWheel,
    events: PoolEvents,
  ) {
    const plan = planSockets(config.poolSize);
    const connections = new PoolConnections(target, config, address);
    this.connections = connections;
    this.shared = new SharedConnection(connections, events);
    this.bulk = new BulkConnections(plan.bulk, () => connections.create('bulk'));
    this.leased = new LeasedConnections({
      target,
      config,
      plan,
      wheel,
      connections,
      addressFor: (key) => this.shared.connection.addressFor(key),
      onWait: events.onLeaseWait,
    });
  }

  get stats(): PoolStats {
    const { bulk, leased } = this;
    const { held, open, readers, waiting, exhausted } = leased.stats;
    const permanent = [this.shared.connection.commands, ...this.listeners];
    const ready = permanent.filter(({ status }) => status === 'ready').length;
    return {
      size: this.config.poolSize,
      open: ready + bulk.size + open,
      readers,
      inUse: bulk.inUse + held,
      waiting,
      exhausted,
    };
  }

  get isReady(): boolean {
    return this.shared.commands !== undefined;
  }

  /** Why there is no connection, if there is none. */
  get lastFault(): RedisFault {
    return this.connections.lastFault;
  }

  /** The connections to the servers that hold keys; none unless the pool is ready. */
  get servers(): Redis[] {
    return this.isReady ? this.shared.connection.servers : [];
  }

  /** The addresses of the servers that hold keys: one, or each master of a cluster. */
  get serverAddresses(): ServerAddress[] {
    return this.shared.connection.serverAddresses;
  }

  /**
   * Connects. Resolves to true when the pool is ready, and to false after `attempts` failures or `timeoutMs`; reconnecting
   * continues in either case.
   */
  connect(attempts: number, timeoutMs: number): Promise<boolean> {
    this.heartbeat = setInterval(() => this.beat(), heartbeatMs);
    this.heartbeat.unref();
    return this.shared.connect(attempts, timeoutMs);
  }

  /** Sends an operation on the shared connection; undefined unless that is ready. */
  send<T>(operation: (commands: RedisCommands) => Promise<T>): Promise<T> | undefined {
    const { commands } = this.shared;
    return commands && operation(commands);
  }

  /** Sends an operation on a bulk connection; undefined unless the pool is ready. */
  sendBulk<T>(
    operation: (commands: RedisCommands) => Promise<T>,
    idempotent: boolean | undefined,
  ): Promise<T> | undefined {
    return this.isReady ? this.bulk.run(operation, idempotent) : undefined;
  }

  /** @see LeasedConnections.lend */
  lease<T>(options: LeaseOptions, use: (connection: LeasedConnection) => Promise<T>): Promise<T> {
    return this.leased.lend(options, use);
  }

  /** Creates a connection to one server, on top of the pool's size, that listens for invalidations. */
  createListener(address: ServerAddress): Redis {
    const listener = this.connections.createServerClient('invalidation', address, {
      reconnects: true,
      listens: true,
    });
    this.listeners.add(listener);
    return listener.on('end', () => this.listeners.delete(listener));
  }

  close(): void {
    clearInterval(this.heartbeat);
    this.shared.close();
    this.bulk.close();
    this.leased.close();
  }

  /** Revives the shared connection, closes idle bulk connections and pings all others. */
  private beat(): void {
    this.shared.revive();
    this.bulk.closeIdle(performance.now());
    const connections: RedisConnection[] = [this.shared.connection, ...this.bulk.connections];
    const servers = connections.flatMap((connection) => connection.servers);
    for (const server of [...servers, ...this.leased.idleServers]) {
      if (server.status === 'ready') this.ping(server);
    }
  }

  /** Disconnects a server that does not reply. A socket that may block has no timeout of its own. */
  private ping(server: Redis): void {
    void this.wheel.race(server.ping(), 2 * this.config.socketTimeoutMs, {
      onValue: () => undefined,
      onError: (error) => this.connections.noteError(error),
      onExpired: () => server.disconnect(true),
    });
  }
}
