import type { IncomingHttpHeaders } from 'node:http';
import { isIP } from 'node:net';

/** What is known of a request before its body is read. */
export interface Caller {
  readonly remoteAddress: string;
  readonly headers: IncomingHttpHeaders;
  /** Names and values in turn, duplicates included. */
  readonly rawHeaders: readonly string[];
}

/**
 * Fields that proxies, load balancers, tunnels and content delivery networks add. No client on the same machine has a
 * reason to send one.
 */
const proxyField = new RegExp(
  `^(?:${[
    'via|forwarded|x-forwarded|x-forwarded-.*|forwarded-for|x-forward-for|x-forwarder-for|.*-forwarded-client-ip|x-ms-forwarded-.*',
    'x-real-.*|x-client-ip|client-ip|true-client-.*|x-true-client-ip|x-cluster-client-ip|proxy-client-ip|wl-proxy-.*|http-client-ip',
    'x-originating-.*|x-remote-.*|x-proxy.*|proxy-connection|x-original-.*|x-rewrite-url|x-host|x-scheme|x-url-scheme|front-end-https',
    'cf-.*|cdn-.*|x-envoy-.*|fly-.*|fastly-.*|akamai-.*|x-akamai-.*|incap-.*|x-sucuri-.*|x-azure-.*|x-arr-.*|x-fd-.*|x-appservice-proto',
    'x-amzn-.*|x-amz-cf-.*|x-appengine-.*|x-cloud-trace-context|x-goog-.*|x-vercel-.*|x-nf-.*|x-render-.*|x-railway-.*|x-heroku-.*',
    'x-haproxy-.*|x-varnish|x-traefik-.*|x-nginx-.*|x-kong-.*|x-squid-.*|ngrok-.*|tailscale-.*|x-tunnel-.*|x-replit-.*',
  ].join('|')})$`,
);

/**
 * Returns why a request cannot be taken for one of a caller on this machine, or undefined where it can. The peer's address
 * alone is not enough: a proxy on this machine asks for others, and a browser asks for the pages of other sites, which name
 * themselves in Origin, or in Host when their own name was made to point here (DNS rebinding).
 *
 * @param localHosts names for this machine besides localhost and the loopback addresses, in lower case
 */
export function findRemoteTrace(
  { remoteAddress, headers, rawHeaders }: Caller,
  localHosts: ReadonlySet<string>,
): string | undefined {
  if (!isLoopback(remoteAddress)) return 'it came from another machine';
  const { host, origin } = headers;
  if (host === undefined || !isLocalHost(host, localHosts)) return 'its Host is not a name of this machine';
  if (origin !== undefined && !isLocalOrigin(origin, localHosts)) return 'its Origin is another site';
  if (headers['sec-fetch-site'] === 'cross-site') return 'a page of another site sent it (Sec-Fetch-Site)';
  for (const name in headers) {
    if (proxyField.test(name)) return `it passed a proxy (${name})`;
  }
  // Node keeps the first of several.
  let hosts = 0;
  for (let index = 0; index < rawHeaders.length; index += 2) {
    const name = rawHeaders[index] as string;
    if (name.length === 4 && name.toLowerCase() === 'host' && ++hosts > 1) return 'it has more than one Host';
  }
  return undefined;
}

/** Whether an address is of 127.0.0.0/8 or ::1. */
export function isLoopback(address: string): boolean {
  const plain = address.replace(/^::ffff:/i, '');
  return plain === '::1' || (isIP(plain) === 4 && plain.startsWith('127.'));
}

/** @param authority a host and perhaps a port, as in Host */
function isLocalHost(authority: string, localHosts: ReadonlySet<string>): boolean {
  const match = /^(?:\[([^\]]*)\]|([^:]*))(?::\d{1,5})?$/.exec(authority);
  if (!match) return false;
  const [, address, name = ''] = match;
  if (address !== undefined) return address === '::1';
  const lower = name.toLowerCase();
  return lower === 'localhost' || isLoopback(lower) || localHosts.has(lower);
}

const isLocalOrigin = (origin: string, localHosts: ReadonlySet<string>): boolean =>
  /^https?:\/\//.test(origin) && isLocalHost(origin.replace(/^https?:\/\//, ''), localHosts);
