const byCause: Readonly<Record<string, string>> = {
  TIMEOUT: 'no reply within the budget (REDIS_BUDGET_MS)',
  WRONGTYPE: 'a key holds a type that Marquee does not store there; another program uses the same key',
  OOM: 'the server is full and has nothing to evict; raise maxmemory or delete keys',
  NOPERM: 'the ACL denies this user the command or its keys; grant them with ACL SETUSER',
  NOAUTH: 'the server requires a password; set REDIS_PASSWORD or add it to the URL',
  WRONGPASS: 'the user or the password is wrong; correct REDIS_USERNAME and REDIS_PASSWORD',
  READONLY: 'this server is a replica; a failover is in progress, or the URL names the wrong server',
  LOADING: 'the server is loading its data after a start',
  MASTERDOWN: 'the replica has lost its master',
  MISCONF: 'the server cannot save its snapshot and rejects writes; check its disk and its log',
  NOREPLICAS: 'too few replicas are connected (min-replicas-to-write)',
  BUSY: 'a script has been running on the server for too long',
  CLUSTERDOWN: 'no node serves some slots of the cluster',
  MOVED: 'the server is a node of a cluster; set the URL to redis-cluster://',
  ASK: 'the server is a node of a cluster; set the URL to redis-cluster://',
  CROSSSLOT: 'the keys of one command are in different slots',
  EXECABORT: 'a command of the transaction was rejected',
  ECONNREFUSED: 'nothing listens at this address',
  CLOSED: 'the connection was lost',
  ETIMEDOUT: 'the socket does not respond',
};

/** Returns what a cause means and what to do about it, for operators. */
export const advice = (cause: string): string => byCause[cause] ?? 'check the log of the server';

/** The causes that metrics use as labels. Any other is `other`, so that a server cannot add labels. */
export const knownCauses: ReadonlySet<string> = new Set([
  ...Object.keys(byCause),
  'ERR',
  'ECONNRESET',
  'UNKNOWN',
]);
