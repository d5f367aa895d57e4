import { ReceiveBufferFullError } from './body.errors.js';

/** Room for one body. */
export interface Room {
  /** Takes more bytes. @throws ReceiveBufferFullError where there is not enough room, or this client has its share */
  take(bytes: number): void;
  /** Gives everything back. Calling it again does nothing. */
  release(): void;
}

/**
 * Bounds the bytes of bodies that are received at once in this process. A client may hold at most as much as is free after
 * it: alone half of the whole, two clients a third each, and so on. So there is always room for another client.
 */
export class ReceiveBuffer {
  private heldBytes = 0;
  private readonly heldByClient = new Map<string, number>();

  constructor(private readonly maxBytes: number) {}

  /** Bytes of rooms that are not released yet. */
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
    const own = (this.heldByClient.get(client) ?? 0) + bytes;
    if (own > 0) this.heldByClient.set(client, own);
    else this.heldByClient.delete(client);
  }
}
