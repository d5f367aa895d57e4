const byCause: Readonly<Record<string, string>> = {
  TIMEOUT: 'no answer within the budget (REDIS_BUDGET_MS)',
  WRONGTYPE: 'a key holds another type than Marquee writes there; another program uses its name',
  OOM: 'the server is full and has nothing to evict; raise maxmemory or free keys',
  NOPERM: 'the ACL does not let this user run the command or touch its keys; grant it with ACL SETUSER',
  NOAUTH: 'the server wants a password; set REDIS_PASSWORD or name it in the URL',
  WRONGPASS: 'the user or the password is wrong; correct REDIS_USERNAME and REDIS_PASSWORD',
  READONLY: 'this server is a replica; a failover is under way, or the URL names the wrong server',
  LOADING: 'the server is loading its data after a start; it serves when that is done',
  MASTERDOWN: 'the replica has lost its master',
  MISCONF: 'the server cannot save its snapshot and refuses writes; look at its disk and its log',
  NOREPLICAS: 'too few replicas are in reach (min-replicas-to-write)',
  BUSY: 'a script runs for too long on the server',
  CLUSTERDOWN: 'slots of the cluster are not served',
  MOVED: 'the server is a node of a cluster; set the URL to redis-cluster://',
  ASK: 'the server is a node of a cluster; set the URL to redis-cluster://',
  CROSSSLOT: 'the keys of one command are in different slots',
  EXECABORT: 'a command of the transaction was refused',
  ECONNREFUSED: 'nothing listens at this address',
  CLOSED: 'the connection was lost',
  ETIMEDOUT: 'the socket gives no answer',
};

/** What a cause means and what helps, for an operator. */
export const advice = (cause: string): string => byCause[cause] ?? 'see the log of the server';

/** The causes that metrics name; anything else is `other`, so that no server can add to the labels. */
export const knownCauses: ReadonlySet<string> = new Set([
  ...Object.keys(byCause),
  'ERR',
  'ECONNRESET',
  'UNKNOWN',
]);
