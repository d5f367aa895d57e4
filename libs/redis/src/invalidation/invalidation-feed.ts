import type { Redis } from 'ioredis';
import { describeAddress, type ServerAddress } from '../connection/address.js';

/** Receives changes of keys, by this and any other client. */
export interface InvalidationListener {
  /** These keys were written, deleted, evicted, or have expired. */
  readonly onChanged: (keys: readonly string[]) => void;
  /** Changes may have been missed, or all keys were flushed: every copy may be stale. */
  readonly onMissed: () => void;
}

/** The servers to listen to. */
export interface InvalidationSource {
  readonly serverAddresses: readonly ServerAddress[];
  createListener(address: ServerAddress): Redis;
}

/** Much shorter than the TTL of local copies. Each heartbeat also finds new masters of a cluster. */
const heartbeatMs = 250;
const channel = '__redis__:invalidate';

interface Feed {
  readonly connection: Redis;
  isTracking: boolean;
}

/**
 * Server-assisted client-side caching in broadcasting mode (CLIENT TRACKING … BCAST): one connection per server receives
 * every change of keys with the given prefixes. Tracking is enabled again each time a connection is ready, and changes in
 * between count as missed. A PING detects a connection that hangs.
 */
export class InvalidationFeed {
  private readonly feeds = new Map<string, Feed>();
  private readonly heartbeat: NodeJS.Timeout;
  private isClosed = false;

  constructor(
    private readonly source: InvalidationSource,
    private readonly prefixes: readonly string[],
    private readonly listener: InvalidationListener,
  ) {
    this.heartbeat = setInterval(() => this.beat(), heartbeatMs);
    this.heartbeat.unref();
    this.beat();
  }

  /** Whether every server reports its changes. */
  get isComplete(): boolean {
    return this.feeds.size > 0 && [...this.feeds.values()].every(({ isTracking }) => isTracking);
  }

  close(): void {
    this.isClosed = true;
    clearInterval(this.heartbeat);
    for (const { connection } of this.feeds.values()) connection.disconnect();
    this.feeds.clear();
  }

  private beat(): void {
    const servers = new Map(
      this.source.serverAddresses.map((address) => [describeAddress(address), address]),
    );
    for (const [name, address] of servers) {
      if (!this.feeds.has(name)) this.open(name, address);
    }
    for (const [name, feed] of this.feeds) {
      if (!servers.has(name)) this.drop(name, feed);
      // An error or a timeout closes the connection, which its 'close' event reports.
      else if (feed.isTracking) feed.connection.ping().catch(() => undefined);
    }
  }

  private open(name: string, address: ServerAddress): void {
    const connection = this.source.createListener(address);
    const feed: Feed = { connection, isTracking: false };
    this.feeds.set(name, feed);
    connection.on('ready', () => void this.enableTracking(feed));
    connection.on('close', () => {
      if (feed.isTracking) this.listener.onMissed();
      feed.isTracking = false;
    });
    connection.on('messageBuffer', (_: Buffer, keys: Buffer[] | Buffer | null) => {
      if (!Array.isArray(keys)) this.listener.onMissed();
      else this.listener.onChanged(keys.map((key) => key.toString()));
    });
    // It reconnects by itself, and the pool notes the error.
    connection.connect().catch(() => undefined);
  }

  private drop(name: string, feed: Feed): void {
    this.feeds.delete(name);
    feed.connection.removeAllListeners('close');
    feed.connection.disconnect();
    this.listener.onMissed();
  }

  private async enableTracking(feed: Feed): Promise<void> {
    try {
      const id = await feed.connection.client('ID');
      const prefixes = this.prefixes.flatMap((prefix) => ['PREFIX', prefix]);
      await feed.connection.call('CLIENT', 'TRACKING', 'ON', 'REDIRECT', id, 'BCAST', ...prefixes);
      await feed.connection.subscribe(channel);
      if (this.isClosed) return;
      feed.isTracking = true;
      this.listener.onMissed();
    } catch {
      // Lost again, or denied by an ACL. Without the feed, local copies are used until their short TTL ends.
      if (!this.isClosed) feed.connection.disconnect(true);
    }
  }
}
