import type { Socket } from 'node:net';
import type { Redis } from 'ioredis';

/** Maximum number of writes sent together: with more, the server would idle while the client writes. */
const maxCoalescedWrites = 16;

/** Coalesces the writes of every socket that an ioredis client opens. */
export function coalesceServerWrites(server: Redis): void {
  server.on('connect', () => coalesceWrites(server.stream));
}

/**
 * Sends all writes of one turn of the event loop with one system call, regardless of which requests they belong to. System calls make up
 * half the cost of a small command. Unlike auto-pipelining in ioredis, no command waits for the reply to an earlier batch.
 */
export function coalesceWrites(socket: Socket): void {
  const write = socket.write.bind(socket);
  let waiting = 0;
  const flush = (): void => {
    waiting = 0;
    socket.uncork();
  };
  socket.write = ((...args: Parameters<typeof write>) => {
    if (waiting === 0) {
      socket.cork();
      setImmediate(flush);
    } else if (waiting % maxCoalescedWrites === 0) {
      socket.uncork();
      socket.cork();
    }
    waiting++;
    return write(...args);
  }) as typeof socket.write;
}
