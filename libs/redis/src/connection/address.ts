import type { HostAndPort, RedisAddress } from '@app/config';

/** An address that a client can connect to. The embedded server's is its socket. */
export type DialableAddress = Exclude<RedisAddress, { kind: 'embedded' }>;

/** The address of one server, which Sentinel may have to look up. */
export type ServerAddress = Exclude<DialableAddress, { kind: 'cluster' }>;

/** Returns the address as a URL without credentials. */
export function describeAddress(address: RedisAddress): string {
  switch (address.kind) {
    case 'embedded':
      return 'embedded';
    case 'unix':
      return `unix://${address.path}`;
    case 'standalone':
      return `${scheme(address)}://${hostList([address])}`;
    case 'sentinel':
      return `${scheme(address)}-sentinel://${hostList(address.sentinels)}/${address.master}`;
    case 'cluster':
      return `${scheme(address)}-cluster://${hostList(address.nodes)}`;
  }
}

const scheme = ({ tls }: { tls: boolean }): string => (tls ? 'rediss' : 'redis');

const hostList = (hosts: readonly HostAndPort[]): string =>
  hosts.map(({ host, port }) => `${host.includes(':') ? `[${host}]` : host}:${port}`).join(',');
