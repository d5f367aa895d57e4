// The maximum number of sockets that Marquee opens to one Redis server. The pool itself is in libs/redis/src/pool.

/** Returns the maximum for one API process, for one worker, and for all processes. */
export function maxSockets({ poolSize, archives, apiProcesses, workers }) {
  // The pool and one connection that receives cache invalidations.
  const shared = poolSize + 1;
  // Each blocking reader needs another socket: one in an API process for its event streams, one per archive in a worker.
  const api = shared + 1;
  const worker = shared + archives;
  return { api, worker, all: apiProcesses * api + workers * worker };
}
