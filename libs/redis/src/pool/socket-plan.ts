/**
 * Blocking readers of one process on one target: an API has one for its event streams, a worker one for each archive.
 * Each holds its socket for as long as the process runs, so they come on top of the pool instead of out of it.
 */
export const maxReaders = 4;

/** How a pool's sockets are shared out. */
export interface SocketPlan {
  /** Always 1: all small commands share a connection. */
  readonly shared: number;
  readonly bulk: number;
  readonly leases: number;
  /** On top of the pool's size. */
  readonly readers: number;
}

/** A third of the pool is for bulk transfers, one connection for small commands, the rest for exclusive leases. */
export function planSockets(poolSize: number): SocketPlan {
  const bulk = Math.max(1, Math.floor(poolSize / 3));
  return { shared: 1, bulk, leases: poolSize - 1 - bulk, readers: maxReaders };
}
