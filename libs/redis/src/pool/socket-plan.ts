/**
 * Maximum number of blocking readers per process and target: the API has one for its event streams, the worker one per
 * archive. Each uses its socket for as long as the process runs, so readers come on top of the pool's size.
 */
export const maxReaders = 4;

/** How many sockets of a pool each kind of connection gets. */
export interface SocketPlan {
  /** Always 1, because all small commands share a connection. */
  readonly shared: number;
  readonly bulk: number;
  readonly leases: number;
  /** On top of the pool's size. */
  readonly readers: number;
}

/** Assigns a third of the pool to bulk transfers, one connection to small commands, and the rest to exclusive leases. */
export function planSockets(poolSize: number): SocketPlan {
  const bulk = Math.max(1, Math.floor(poolSize / 3));
  return { shared: 1, bulk, leases: poolSize - 1 - bulk, readers: maxReaders };
}
