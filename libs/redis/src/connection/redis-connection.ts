import type { Cluster, Redis } from 'ioredis';
import type { ServerAddress } from './address.js';

/** The ioredis client that sends commands, to one server or to a cluster. */
export type RedisCommands = Redis | Cluster;

/** A connection to a target: one socket, or in Cluster mode one socket per node. */
export interface RedisConnection {
  readonly commands: RedisCommands;
  /** The connections to the servers that hold keys: one, or each master of a cluster. */
  readonly servers: Redis[];
  /** The addresses of these servers. */
  readonly serverAddresses: ServerAddress[];
  /** Connects, in Cluster mode to every master. */
  open(): Promise<void>;
  /**
   * Connects to the nodes of a cluster that are not connected yet: without an offline queue, ioredis rejects commands for
   * a node that is still connecting.
   */
  openNodes(): Promise<void>;
  /** Selects the target's database. */
  selectDatabase(): Promise<void>;
  /** Returns the address of the server that holds a key; undefined when no server does. */
  addressFor(key: string | undefined): ServerAddress | undefined;
}
