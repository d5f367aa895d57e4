import { ReceiveBufferFullError } from './body.errors.js';

/** Clients without bytes are removed above this number. Most clients return soon, so their entries are not removed earlier. */
const maxIdleClients = 1_000;

/** Space for one body. */
export interface Room {
  /** Reserves more bytes. @throws ReceiveBufferFullError if the buffer or this client's share is full */
  take(bytes: number): void;
  /** Releases all reserved bytes. Further calls have no effect. */
  release(): void;
}

/**
 * Limits the total size of the bodies that this process receives concurrently. A client may hold at most as much as remains
 * free: one client half of the buffer, two clients a third each, and so on. So there is always space for another client.
 */
export class ReceiveBuffer {
  private heldBytes = 0;
  private readonly heldByClient = new Map<string, number>();

  constructor(private readonly maxBytes: number) {}

  /** Bytes that are currently reserved. */
  get held(): number {
    return this.heldBytes;
  }

  open(client: string): Room {
    let held = 0;
    return {
      take: (bytes) => {
        const own = this.heldByClient.get(client) ?? 0;
        const free = this.maxBytes - this.heldBytes;
        if (bytes > free || (own > 0 && own + bytes > free - bytes))
          throw new ReceiveBufferFullError(own > 0);
        held += bytes;
        this.change(client, bytes);
      },
      release: () => {
        this.change(client, -held);
        held = 0;
      },
    };
  }

  private change(client: string, bytes: number): void {
    if (bytes === 0) return;
    this.heldBytes += bytes;
    this.heldByClient.set(client, (this.heldByClient.get(client) ?? 0) + bytes);
    if (this.heldByClient.size > maxIdleClients) this.removeIdle();
  }

  private removeIdle(): void {
    for (const [client, held] of this.heldByClient) if (held === 0) this.heldByClient.delete(client);
  }
}
