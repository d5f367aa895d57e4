import { Redis } from 'ioredis';
import {
  describeAddress,
  type DialableAddress,
  type RedisConnection,
} from '../connection/redis-connection.js';

/** Told what changed on the server, by whomever. */
export interface InvalidationListener {
  /** These keys were written, deleted, evicted or have expired. */
  readonly onChanged: (keys: readonly string[]) => void;
  /** Changes may have been missed, or everything was flushed: no copy can be trusted. */
  readonly onMissed: () => void;
}

export interface InvalidationSource {
  readonly servers: () => readonly DialableAddress[];
  readonly open: (address: DialableAddress) => RedisConnection;
}

/** Well under the time that a local copy may be stale unnoticed; also finds a cluster's new masters. */
const heartbeatMs = 250;
const channel = '__redis__:invalidate';

interface Feed {
  readonly connection: Redis;
  armed: boolean;
}

/**
 * Server-assisted client-side caching in broadcast mode (CLIENT TRACKING … BCAST): one connection a server is told of
 * every change of keys with our prefixes. Each time it is ready it is armed anew, and what happened in between counts
 * as missed. A PING keeps watch over the idle connection.
 */
export class InvalidationFeed {
  private readonly feeds = new Map<string, Feed>();
  private readonly heartbeat: NodeJS.Timeout;
  private closed = false;

  constructor(
    private readonly source: InvalidationSource,
    private readonly prefixes: readonly string[],
    private readonly listener: InvalidationListener,
  ) {
    this.heartbeat = setInterval(() => this.beat(), heartbeatMs);
    this.heartbeat.unref();
    this.beat();
  }

  /** True while every server tells of its changes. */
  get isComplete(): boolean {
    return this.feeds.size > 0 && [...this.feeds.values()].every(({ armed }) => armed);
  }

  close(): void {
    this.closed = true;
    clearInterval(this.heartbeat);
    for (const { connection } of this.feeds.values()) connection.disconnect();
    this.feeds.clear();
  }

  private beat(): void {
    const servers = new Map(this.source.servers().map((address) => [describeAddress(address), address]));
    for (const [name, address] of servers) {
      if (!this.feeds.has(name)) this.open(name, address);
    }
    for (const [name, feed] of this.feeds) {
      if (!servers.has(name)) this.drop(name, feed);
      else if (feed.armed) feed.connection.ping().catch(() => undefined);
    }
  }

  private open(name: string, address: DialableAddress): void {
    const connection = this.source.open(address);
    if (!(connection instanceof Redis)) throw new TypeError('A feed listens to one server');
    const feed: Feed = { connection, armed: false };
    this.feeds.set(name, feed);
    connection.on('ready', () => void this.arm(feed));
    connection.on('close', () => {
      if (feed.armed) this.listener.onMissed();
      feed.armed = false;
    });
    connection.on('messageBuffer', (_: Buffer, keys: Buffer[] | Buffer | null) => {
      if (!Array.isArray(keys)) this.listener.onMissed();
      else this.listener.onChanged(keys.map((key) => key.toString()));
    });
    connection.connect().catch(() => undefined);
  }

  private drop(name: string, feed: Feed): void {
    this.feeds.delete(name);
    feed.connection.removeAllListeners('close');
    feed.connection.disconnect();
    this.listener.onMissed();
  }

  private async arm(feed: Feed): Promise<void> {
    try {
      const id = await feed.connection.client('ID');
      const prefixes = this.prefixes.flatMap((prefix) => ['PREFIX', prefix]);
      await feed.connection.call('CLIENT', 'TRACKING', 'ON', 'REDIRECT', id, 'BCAST', ...prefixes);
      await feed.connection.subscribe(channel);
      if (this.closed) return;
      feed.armed = true;
      this.listener.onMissed();
    } catch {
      // Lost again, or forbidden: without the feed local copies live out their short TTL.
      if (!this.closed) feed.connection.disconnect(true);
    }
  }
}
