import type { IncomingHttpHeaders } from 'node:http';
import { isIP } from 'node:net';

/** The part of a request that is known before its body is read. */
export interface Caller {
  readonly remoteAddress: string;
  readonly headers: IncomingHttpHeaders;
  /** Alternating names and values, including duplicates. */
  readonly rawHeaders: readonly string[];
}

/**
 * Header fields that proxies, load balancers, tunnels and CDNs add. A client on the same machine has no reason to send
 * one.
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
 * Returns why a request may originate from another machine, or undefined if it comes from this one. The peer's address
 * alone is not enough: a proxy on this machine forwards requests of others, and a browser sends requests of other sites,
 * which appear in `Origin`, or in `Host` after DNS rebinding.
 *
 * @param localHosts lower-case names of this machine besides localhost and the loopback addresses
 */
export function findRemoteTrace(
  { remoteAddress, headers, rawHeaders }: Caller,
  localHosts: ReadonlySet<string>,
): string | undefined {
  if (!isLoopback(remoteAddress)) return 'came from another machine';
  const { host, origin } = headers;
  if (host === undefined || !isLocalHost(host, localHosts))
    return 'has a Host that is not a name of this machine';
  if (origin !== undefined && !isLocalOrigin(origin, localHosts)) return 'has the Origin of another site';
  if (headers['sec-fetch-site'] === 'cross-site')
    return 'was sent by a page of another site (Sec-Fetch-Site)';
  for (const name in headers) {
    if (proxyField.test(name)) return `passed through a proxy (${name})`;
  }
  // Node exposes only the first of several.
  let hosts = 0;
  for (let index = 0; index < rawHeaders.length; index += 2) {
    const name = rawHeaders[index] as string;
    if (name.length === 4 && name.toLowerCase() === 'host' && ++hosts > 1) return 'has more than one Host';
  }
  return undefined;
}

/** Returns whether an address is in 127.0.0.0/8 or is ::1. */
export function isLoopback(address: string): boolean {
  const plain = address.replace(/^::ffff:/i, '');
  return plain === '::1' || (isIP(plain) === 4 && plain.startsWith('127.'));
}

/** @param authority a host with an optional port, as in `Host` */
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
