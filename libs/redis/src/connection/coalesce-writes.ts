import type { Socket } from 'node:net';

/** So many writes go out together at most, so that the server works on the first while more are written. */
const maxCoalescedWrites = 16;

/**
 * Sends what is written in one turn of the event loop, by however many requests, with one system call in place of one a
 * command: the calls are half of what a small command costs. Unlike ioredis's auto-pipelining nothing waits for a batch that
 * is under way.
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
