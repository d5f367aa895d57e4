// How many sockets Marquee opens to one Redis server at most. libs/redis/src/pool has the pool itself.

/** @returns the maximum of one process of each kind, and of all together */
export function maxSockets({ poolSize, archives, apiProcesses, workers }) {
  // The pool, and one connection that listens for invalidations of cached values.
  const each = poolSize + 1;
  // A blocking reader has a socket on top: an API has one for its event streams, a worker one for each archive.
  const api = each + 1;
  const worker = each + archives;
  return { api, worker, all: apiProcesses * api + workers * worker };
}
