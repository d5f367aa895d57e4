export interface HostAndPort {
  readonly host: string;
  readonly port: number;
}

/** The address and topology of a Redis deployment. */
export type RedisAddress =
  | { readonly kind: 'embedded' }
  | {
      readonly kind: 'unix';
      readonly path: string;
      /** `unix:///path#embedded`: the embedded server of another process, as `npm start` passes it on. */
      readonly isEmbedded: boolean;
    }
  | ({ readonly kind: 'standalone'; readonly tls: boolean } & HostAndPort)
  | {
      readonly kind: 'sentinel';
      readonly tls: boolean;
      readonly sentinels: readonly HostAndPort[];
      readonly master: string;
    }
  | { readonly kind: 'cluster'; readonly tls: boolean; readonly nodes: readonly HostAndPort[] };

export interface ParsedRedisUrl {
  readonly address: RedisAddress;
  readonly database: number | undefined;
  readonly username: string | undefined;
  readonly password: string | undefined;
}

const urlPattern = /^(redis|rediss)(-sentinel|-cluster)?:\/\/(?:([^@/]*)@)?([^@/]+)(?:\/(.*))?$/;
const hostPattern = /^(\[[\da-f:.]+\]|[^\s:[\]]+)(?::(\d{1,5}))?$/i;

/**
 * Parses `redis://`, `rediss://` (TLS), `unix:///path`, `redis-sentinel://host,host/master[/db]` and
 * `redis-cluster://host,host`, each with an optional `user:password@`.
 *
 * @returns the parts, or an error message that never contains the text, since that may hold a password
 */
export function parseRedisUrl(text: string): ParsedRedisUrl | string {
  if (text.startsWith('unix:///')) {
    return {
      address: {
        kind: 'unix',
        path: text.slice('unix://'.length).replace(/#embedded$/, ''),
        isEmbedded: text.endsWith('#embedded'),
      },
      database: undefined,
      username: undefined,
      password: undefined,
    };
  }
  const match = urlPattern.exec(text);
  if (!match) {
    return 'must be redis://, rediss://, redis-sentinel://, redis-cluster:// or unix:///path (percent-encode special characters of a password)';
  }
  const [, scheme, topology, credentials = '', authority = '', path = ''] = match;
  const tls = scheme === 'rediss';
  const hosts = parseHosts(authority, topology === '-sentinel' ? 26_379 : 6379);
  if (!hosts) return 'must list its hosts as host or host:port, separated by commas';
  const identity = parseCredentials(credentials);
  if (!identity) return 'contains a user or password that is not correctly percent-encoded';
  if (topology === '-sentinel') {
    const [master = '', database = ''] = path.split('/');
    if (!master) return 'must name the master that the sentinels watch: redis-sentinel://host:26379/mymaster';
    return withDatabase({ kind: 'sentinel', tls, sentinels: hosts, master }, database, identity);
  }
  if (topology === '-cluster') {
    if (path && path !== '0') return 'must not name a database: a cluster has only database 0';
    return withDatabase({ kind: 'cluster', tls, nodes: hosts }, '', identity);
  }
  if (hosts.length > 1) return 'must name one host, or be redis-sentinel:// or redis-cluster://';
  return withDatabase({ kind: 'standalone', tls, ...(hosts[0] as HostAndPort) }, path, identity);
}

type Identity = Pick<ParsedRedisUrl, 'username' | 'password'>;

function withDatabase(address: RedisAddress, database: string, identity: Identity): ParsedRedisUrl | string {
  if (database !== '' && !/^\d{1,6}$/.test(database)) return 'must end in a database number';
  return { address, database: database === '' ? undefined : Number(database), ...identity };
}

function parseHosts(authority: string, defaultPort: number): HostAndPort[] | undefined {
  const hosts = authority.split(',').map((text) => hostPattern.exec(text));
  if (hosts.some((match) => !match || Number(match[2] ?? 1) > 65_535)) return undefined;
  return hosts.map((match) => ({
    host: (match?.[1] ?? '').replace(/^\[(.*)\]$/, '$1'),
    port: Number(match?.[2] ?? defaultPort),
  }));
}

function parseCredentials(credentials: string): Identity | undefined {
  const separator = credentials.indexOf(':');
  const [user, password] =
    separator === -1
      ? [credentials, '']
      : [credentials.slice(0, separator), credentials.slice(separator + 1)];
  try {
    return {
      username: decodeURIComponent(user) || undefined,
      password: decodeURIComponent(password) || undefined,
    };
  } catch {
    return undefined;
  }
}
